using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Server.Tests.Access;

/// <summary>npm's oidc-provider, a certified OpenID Connect provider, where <see cref="FederationTests"/> plays one.</summary>
public sealed class RealIssuerTests
{
    private const string User = "alice";
    private const string Secret = "issuer-secret-1086";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_token_of_a_real_issuer_signs_in_the_user_that_its_claim_names_and_nobody_with_one_for_another_audience(string algorithm)
    {
        using var folder = await NpmFolder.InstallAsync("Access", "issuer");
        using var process = folder.Start("issuer.mjs", User, Secret);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(Cancellation);
            var issuer = await process.StandardOutput.ReadLineAsync(Cancellation);
            Assert.SkipWhen(issuer is null, $"The issuer does not run with this Node.js: {(issuer is null ? await errors : "")}");
            await using var service = await TestService.StartAsync(arguments: ["--oidc-issuers", $"{issuer}|domesday|acme|client_id"]);
            await service.TenantAsync("acme");
            await service.UserAsync("acme", User, "auditor");
            var token = await TokenAsync(issuer!, "domesday", algorithm);
            using var alice = service.Bearer(token);
            var me = await TestService.GetAsync(alice, "/audit/v1/me");
            Assert.Equal((User, "acme"), (me["name"]!.GetValue<string>(), me["tenant"]!.GetValue<string>()));
            using var elsewhere = service.Bearer(await TokenAsync(issuer!, "somebody-else", algorithm));
            Assert.Equal(HttpStatusCode.Unauthorized, await elsewhere.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
            using var forged = service.Bearer(token[..^8] + "AAAAAAAA");
            Assert.Equal(HttpStatusCode.Unauthorized, await forged.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<string> TokenAsync(string issuer, string audience, string algorithm)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Secret}")));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "audit", ["resource"] = $"urn:{audience}:{algorithm}" });
        using var answer = await http.PostAsync(new Uri(issuer + "/token"), form, Cancellation);
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!["access_token"]!.GetValue<string>();
    }
}
