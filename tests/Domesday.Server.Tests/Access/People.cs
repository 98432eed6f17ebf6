using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Server.Tests.Access;

/// <summary>Makes users, applications and roles over the API, and signs them in.</summary>
internal static class People
{
    public const string Password = "a password of eight or more";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <returns>The answer to making the user.</returns>
    public static Task<JsonObject> UserAsync(this TestService service, string tenant, string name, string? role = null, params string[] projects) =>
        TestService.PostAsync(service.Admin, $"/audit/v1/users?tenant={tenant}", WithRole(new() { ["name"] = name, ["password"] = Password }, role, projects));

    /// <returns>Client id and secret.</returns>
    public static async Task<(string Id, string Secret)> ApplicationAsync(this TestService service, string tenant, string? role = null, params string[] projects)
    {
        var made = await TestService.PostAsync(service.Admin, $"/audit/v1/applications?tenant={tenant}", WithRole(new() { ["name"] = "program" }, role, projects));
        return (made["client_id"]!.GetValue<string>(), made["client_secret"]!.GetValue<string>());
    }

    /// <returns>A client that brings the user's token.</returns>
    public static async Task<HttpClient> SignedInAsync(this TestService service, string user, string password = Password) => service.Bearer(await service.TokenAsync(user, password));

    public static async Task<string> TokenAsync(this TestService service, string user, string password = Password) =>
        (await TestService.PostAsync(service.Nobody, "/audit/v1/sign-in", new JsonObject { ["user"] = user, ["password"] = password }))["token"]!.GetValue<string>();

    public static async Task<HttpStatusCode> SignInStatusAsync(this TestService service, string user, string password = Password)
    {
        using var response = await service.Nobody.PostAsJsonAsync("/audit/v1/sign-in", new JsonObject { ["user"] = user, ["password"] = password }, Cancellation);
        return response.StatusCode;
    }

    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient client, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static JsonObject WithRole(JsonObject body, string? role, string[] projects)
    {
        if (role is not null) body["role"] = role;
        if (projects.Length > 0) body["projects"] = new JsonArray([.. projects.Select(project => JsonValue.Create(project))]);
        return body;
    }
}
