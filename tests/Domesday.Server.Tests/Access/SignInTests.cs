using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Domesday.Events;

namespace Domesday.Server.Tests.Access;

public sealed class SignInTests
{
    [Fact]
    public async Task A_wrong_password_is_refused_and_a_right_one_is_not()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "admin", "wrong"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(service, "admin", TestService.Password));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "admin", TestService.Password + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "Admin", TestService.Password));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "admin", ""));
    }

    [Fact]
    public async Task A_name_that_nobody_has_costs_as_much_as_a_wrong_password()
    {
        await using var service = await TestService.StartAsync();
        var stopwatch = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "nobody", "wrong"));
        // 600,000 rounds cannot be had faster by any machine that runs this; a lookup alone takes microseconds.
        Assert.True(stopwatch.Elapsed > TimeSpan.FromMilliseconds(20), stopwatch.Elapsed.ToString());
    }

    [Fact]
    public async Task Who_guesses_must_wait_and_who_was_right_before_need_not()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        Assert.Equal(HttpStatusCode.OK, await TryAsync(service, "admin", TestService.Password));
        for (var i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "admin", "wrong"));
        using var client = service.Client(Basic("admin", "wrong"));
        using var limited = await client.GetAsync("/audit/v1/keys", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), limited.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, await TryAsync(service, "admin", TestService.Password));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "somebody", "wrong"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(service, "admin", "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(service, "admin", "wrong"));
    }

    [Fact]
    public async Task A_valid_key_is_never_made_to_wait_for_the_failures_of_others()
    {
        await using var service = await TestService.StartAsync(time: new ManualTime());
        var (id, key) = await service.KeyAsync("default", "admin");
        var wrong = key[..^1] + (key[^1] == '0' ? '1' : '0');
        using var guesser = service.Bearer(wrong);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++)
        {
            using var response = await guesser.GetAsync("/audit/v1/keys", TestContext.Current.CancellationToken);
            answers.Add(response.StatusCode);
        }
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.Unauthorized, 10), HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
        using var holder = service.Bearer(key);
        Assert.NotEmpty((await TestService.GetAsync(holder, $"/audit/v1/keys/{id}"))["last_used_at"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_thousand_failures_are_two_events_with_a_count()
    {
        await using var service = await TestService.StartAsync(time: new ManualTime());
        using var guesser = service.Bearer("dk_nonsense");
        for (var i = 0; i < 10; i++)
        {
            using var response = await guesser.GetAsync("/audit/v1/keys", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
        for (var i = 0; i < 990; i++) service.Service.Core.Failures.Add(null, null, IPAddress.Loopback, "bearer", "malformed");
        service.Service.Core.Failures.Flush();
        service.Service.Core.Failures.Flush();
        var second = await service.EventAsync("system", IsFailure("malformed", "999"));
        Assert.Equal(("login", "access.sign_in", "bearer"), (second.Action, second.Operation, second.Labels!["scheme"]));
        var failures = (await service.EventsAsync("system")).Where(kept => kept.Outcome?.Result == OutcomeResult.Failure).ToList();
        Assert.Equal(["1", "999"], failures.Select(kept => kept.Labels!["count"]));
        Assert.Equal("127.0.0.1", failures[0].Source?.Ip);
    }

    [Fact]
    public async Task An_attack_with_many_accounts_does_not_fill_the_ledger()
    {
        await using var service = await TestService.StartAsync(time: new ManualTime());
        var failures = service.Service.Core.Failures;
        for (var i = 0; i < 5_000; i++) failures.Add($"account-{i}", null, IPAddress.Loopback, "basic", "wrong_password");
        failures.Flush();
        await service.EventAsync("system", IsFailure("others", "4899"));
        Assert.InRange((await service.EventsAsync("system")).Count(kept => kept.Outcome?.Result == OutcomeResult.Failure), 100, 102);
    }

    [Fact]
    public async Task What_was_typed_as_an_unknown_name_is_not_kept_because_it_may_be_a_password()
    {
        await using var service = await TestService.StartAsync();
        await TryAsync(service, "hunter2-typed-in-the-wrong-field", "x");
        var kept = await service.EventAsync("system", IsFailure("unknown_user", "1"));
        Assert.DoesNotContain("hunter2", Encoding.UTF8.GetString(Domesday.Events.Json.EventJson.Write(kept)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_a_disabled_tenant_is_refused_until_the_tenant_is_enabled_again()
    {
        await using var service = await TestService.StartAsync();
        await service.TenantAsync("acme");
        using var client = service.Bearer((await service.KeyAsync("acme", "admin")).Text);
        foreach (var (disabled, status) in ((bool, HttpStatusCode)[])[(true, HttpStatusCode.Unauthorized), (false, HttpStatusCode.OK)])
        {
            using var change = JsonBody($$"""{"disabled":{{(disabled ? "true" : "false")}}}""");
            using var changed = await service.Admin.PatchAsync("/audit/v1/tenants/acme", change, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            using var response = await client.GetAsync("/audit/v1/keys", TestContext.Current.CancellationToken);
            Assert.Equal(status, response.StatusCode);
        }
    }

    private static StringContent JsonBody(string json) => new(json, Encoding.UTF8, "application/json");

    private static Func<AuditEvent, bool> IsFailure(string reason, string count) => kept => kept.Outcome?.Reason == reason && kept.Labels?["count"] == count;

    private static async Task<HttpStatusCode> TryAsync(TestService service, string user, string password)
    {
        using var client = service.Client(Basic(user, password));
        using var response = await client.GetAsync("/audit/v1/keys", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}
