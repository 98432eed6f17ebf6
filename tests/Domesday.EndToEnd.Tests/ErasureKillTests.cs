using System.Net;

namespace Domesday.EndToEnd.Tests;

/// <summary>The service dies while it erases.</summary>
public sealed class ErasureKillTests
{
    private const int Kills = 5;
    private const int Events = 2_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_as_soon_as_an_erasure_is_recorded_it_has_erased_everything_after_the_next_start_and_the_ledger_verifies()
    {
        using var folder = new TestFolder();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var service = await ServiceProcess.StartAsync(folder["data"]);
            using var admin = service.Admin();
            await SendAsync(admin, kill);
            var erasing = EraseAsync(admin, $$"""{"reason":"a request of March","filter":"actor_name=jane-{{kill}}"}""");
            while (await CountAsync(admin) <= kill && !erasing.IsCompleted)
            {
            }
            await service.KillAsync();
            await erasing;
        }
        await using var again = await ServiceProcess.StartAsync(folder["data"]);
        using var reader = again.Admin();
        while (await PendingAsync(reader) > 0) await Task.Delay(20, Cancellation);
        Assert.Equal(Kills, await CountAsync(reader));
        for (var kill = 0; kill < Kills; kill++)
        {
            Assert.Equal(0, await MatchingAsync(reader, $"jane-{kill}"));
            Assert.Equal(Events / 2, await MatchingAsync(reader, $"otto-{kill}"));
        }
        var verified = await Command.RunAsync(Command.Domesday, ["verify", "--full", "--server", again.Url.ToString(), "--user", "admin", "--password", ServiceProcess.Password], new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = folder["config"] });
        Assert.True(verified.ExitCode == 0, verified.Errors + verified.Output);
    }

    private static async Task SendAsync(HttpClient admin, int kill)
    {
        var events = Enumerable.Range(0, Events).Select(number => $$"""{"id":"{{kill}}-{{number}}","action":"create","actor":{"name":"{{(number % 2 == 0 ? "jane" : "otto")}}-{{kill}}"} }""");
        using var sent = await admin.PostAsync("/audit/v1/events", Api.Json(string.Join('\n', events), "application/x-ndjson"), Cancellation);
        Assert.True(sent.IsSuccessStatusCode);
    }

    private static async Task EraseAsync(HttpClient admin, string wish)
    {
        try
        {
            using var answer = await admin.PostAsync("/audit/v1/erasures", Api.Json(wish), Cancellation);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The service was killed.
        }
    }

    private static async Task<int> CountAsync(HttpClient client) => (await client.JsonAsync("/audit/v1/erasures"))["total"]!.GetValue<int>();

    private static async Task<int> PendingAsync(HttpClient client) =>
        (await client.JsonAsync("/audit/v1/erasures"))["erasures"]!.AsArray().Count(erasure => erasure!["state"]!.GetValue<string>() == "pending");

    private static async Task<long> MatchingAsync(HttpClient client, string actor) => (await client.JsonAsync($"/audit/v1/events?actor_name={actor}&limit=1&total=true"))["total"]!.GetValue<long>();
}
