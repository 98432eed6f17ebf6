using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Server.Tests.Access;

public sealed class SessionTests
{
    private const string Kept = "/audit/v1/keys";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "bearer ")]
    [InlineData("Authorization", "")]
    [InlineData("X-Auth-Token", "")]
    [InlineData("ApiKey", "")]
    public async Task One_token_opens_every_way_in(string header, string prefix)
    {
        await using var service = await TestService.StartAsync();
        var token = await SignInAsync(service, "admin", TestService.Password);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, header, prefix + token));
    }

    [Fact]
    public async Task A_token_ends_when_it_said_and_a_second_before_it_does_not()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time, arguments: ["--token-seconds", "90"]);
        var body = await TestService.PostAsync(service.Nobody, "/audit/v1/sign-in", new JsonObject { ["user"] = "admin", ["password"] = TestService.Password });
        Assert.Equal(90, body["expires_in"]!.GetValue<int>());
        var token = body["token"]!.GetValue<string>();
        time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service, "Authorization", "Bearer " + token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, "Authorization", "Bearer " + token));
    }

    [Fact]
    public async Task Who_goes_on_with_an_expired_token_is_not_taken_for_a_guesser()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        var token = await SignInAsync(service, "admin", TestService.Password);
        time.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 150; i++) Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(service, "Authorization", "Bearer " + token));
        Assert.NotEmpty(await SignInAsync(service, "admin", TestService.Password));
    }

    [Fact]
    public async Task A_session_that_was_ended_is_refused_also_after_a_restart_and_others_go_on()
    {
        using var folder = new TestFolder();
        await using var first = await TestService.StartAsync(data: folder);
        var (ended, other) = (await SignInAsync(first, "admin", TestService.Password), await SignInAsync(first, "admin", TestService.Password));
        using (var client = first.Bearer(ended)) Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("/audit/v1/sign-out", null, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(first, "Authorization", "Bearer " + ended));
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store, data: folder);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(second, "Authorization", "Bearer " + ended));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second, "Authorization", "Bearer " + other));
        Assert.Contains(await second.EventsAsync("system"), kept => kept.Operation == "control.session.revoke" && kept.Actor!.Id == "admin");
    }

    [Fact]
    public async Task Ending_a_session_needs_one()
    {
        await using var service = await TestService.StartAsync();
        using var response = await service.Admin.PostAsync("/audit/v1/sign-out", null, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Fact]
    public async Task Every_sign_in_is_an_event_whether_it_succeeds_or_not()
    {
        await using var service = await TestService.StartAsync();
        await SignInAsync(service, "admin", TestService.Password);
        await RefusedAsync(service, "admin", "wrong password");
        await RefusedAsync(service, "nobody-of-this-name", "wrong password");
        var success = await service.EventAsync("system", kept => kept is { Operation: "access.sign_in", Outcome.Result: OutcomeResult.Success });
        Assert.Equal(("login", "admin", "sign_in", "127.0.0.1"), (success.Action, success.Actor!.Id, success.Labels!["scheme"], success.Source!.Ip));
        Assert.Equal(32, success.Labels["session"].Length);
        Assert.Equal("admin", (await service.EventAsync("system", kept => kept.Outcome?.Reason == "wrong_password")).Actor!.Id);
        Assert.Null((await service.EventAsync("system", kept => kept.Outcome?.Reason == "unknown_user")).Actor);
    }

    [Fact]
    public async Task A_password_that_comes_with_every_request_is_one_sign_in()
    {
        await using var service = await TestService.StartAsync();
        for (var i = 0; i < 5; i++) await TestService.GetAsync(service.Admin, Kept);
        await SignInAsync(service, "admin", TestService.Password);
        await service.EventAsync("system", kept => kept.Labels?.GetValueOrDefault("scheme") == "sign_in");
        Assert.Single(await service.EventsAsync("system"), kept => kept.Labels?.GetValueOrDefault("scheme") == "basic");
    }

    [Fact]
    public async Task An_application_signs_in_by_its_client_id_and_secret()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        var (id, secret) = await ApplicationAsync(service, "acme");
        var made = await TestService.PostAsync(service.Nobody, "/audit/v1/sign-in", new JsonObject { ["client_id"] = id, ["client_secret"] = secret });
        Assert.Equal(("acme", id), (made["tenant"]!.GetValue<string>(), made["id"]!.GetValue<string>()));
        using var client = service.Bearer(made["token"]!.GetValue<string>());
        // It holds no permission yet: known, and refused.
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Kept, Cancellation)).StatusCode);
        using var wrong = await service.Nobody.PostAsJsonAsync("/audit/v1/sign-in", new JsonObject { ["client_id"] = id, ["client_secret"] = secret + "x" }, Cancellation);
        using var unknown = await service.Nobody.PostAsJsonAsync("/audit/v1/sign-in", new JsonObject { ["client_id"] = "app_0000000000000000", ["client_secret"] = secret }, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(Cancellation), await unknown.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(id, (await service.EventAsync("acme", kept => kept is { Operation: "access.sign_in", Outcome.Result: OutcomeResult.Success })).Actor!.Id);
        Assert.Equal("wrong_secret", (await service.EventAsync("acme", kept => kept is { Operation: "access.sign_in", Outcome.Result: OutcomeResult.Failure })).Outcome!.Reason);
    }

    [Fact]
    public async Task A_tenant_that_is_said_must_be_the_users_own_and_the_system_administrator_may_say_any()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        await UserAsync(service, "acme", "alice", "alice's password");
        foreach (var (tenant, user, password, status) in new (string?, string, string, HttpStatusCode)[]
        {
            (null, "alice", "alice's password", HttpStatusCode.OK),
            ("acme", "alice", "alice's password", HttpStatusCode.OK),
            (null, "acme/alice", "alice's password", HttpStatusCode.OK),
            ("default", "alice", "alice's password", HttpStatusCode.Unauthorized),
            ("nowhere", "alice", "alice's password", HttpStatusCode.Unauthorized),
            ("acme", "admin", TestService.Password, HttpStatusCode.OK),
            ("nowhere", "admin", TestService.Password, HttpStatusCode.Unauthorized),
        })
        {
            using var response = await service.Nobody.PostAsJsonAsync("/audit/v1/sign-in", new JsonObject { ["tenant"] = tenant, ["user"] = user, ["password"] = password }.Without("tenant", tenant is null), Cancellation);
            Assert.True(response.StatusCode == status, $"{tenant} {user}: {(int)response.StatusCode}");
        }
    }

    [Fact]
    public async Task Somebody_of_the_same_name_in_a_later_tenant_takes_nothing_over()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        await service.TenantAsync("other");
        await UserAsync(service, "acme", "alice", "alice's password");
        await UserAsync(service, "other", "alice", "another password");
        Assert.Equal("acme", (await SignInBodyAsync(service, "alice", "alice's password"))["tenant"]!.GetValue<string>());
        Assert.Equal("other", (await SignInBodyAsync(service, "other/alice", "another password"))["tenant"]!.GetValue<string>());
        await RefusedAsync(service, "alice", "another password");
    }

    [Fact]
    public async Task The_public_keys_are_there_for_everybody_and_the_private_ones_for_nobody()
    {
        await using var service = await TestService.StartAsync();
        var jwks = await TestService.GetAsync(service.Nobody, "/.well-known/jwks.json");
        var key = jwks["keys"]!.AsArray().Single()!.AsObject();
        Assert.Equal(["kty", "crv", "x", "y", "kid", "alg", "use"], key.Select(member => member.Key));
    }

    private static async Task<JsonObject> SignInBodyAsync(TestService service, string user, string password) =>
        await TestService.PostAsync(service.Nobody, "/audit/v1/sign-in", new JsonObject { ["user"] = user, ["password"] = password });

    private static async Task<string> SignInAsync(TestService service, string user, string password) => (await SignInBodyAsync(service, user, password))["token"]!.GetValue<string>();

    private static async Task RefusedAsync(TestService service, string user, string password)
    {
        using var response = await service.Nobody.PostAsJsonAsync("/audit/v1/sign-in", new JsonObject { ["user"] = user, ["password"] = password }, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestService service, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Kept);
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await service.Nobody.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private static async Task UserAsync(TestService service, string tenant, string name, string password)
    {
        var user = new UserRecord { Id = $"usr_{tenant}_{name}", Name = name, Tenant = tenant, Rights = [], Password = PasswordHash.Of(password), CreatedAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()) };
        Assert.True((await service.Service.Core.Ledger.ChangeAsync(ChangeAuthor.Service, _ => (ControlChange[])[ControlKinds.User.Create(user)], Cancellation)).IsOk);
    }

    private static async Task<(string Id, string Secret)> ApplicationAsync(TestService service, string tenant)
    {
        var (id, secret) = (ApplicationSecret.NewClientId(), ApplicationSecret.Create());
        var application = new ApplicationRecord { Id = id, Name = "exporter", Tenant = tenant, SecretSha256 = ApplicationSecret.Sha256Of(secret), CreatedAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), CreatedBy = "admin" };
        Assert.True((await service.Service.Core.Ledger.ChangeAsync(ChangeAuthor.Service, _ => (ControlChange[])[ControlKinds.Application.Create(application)], Cancellation)).IsOk);
        return (id, secret);
    }
}

file static class JsonParts
{
    public static JsonObject Without(this JsonObject body, string member, bool when)
    {
        if (when) body.Remove(member);
        return body;
    }
}
