using System.Collections.Concurrent;
using System.Text.Json;

namespace Domesday.EndToEnd.Tests;

/// <summary>An application with the middleware is killed again and again while it is used, and the service now and then: what was answered has one event.</summary>
public sealed class MiddlewareKillTests
{
    private const int Rounds = 4;
    private const int Workers = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_an_application_answered_has_one_event_whoever_was_killed(int seed)
    {
        var random = new Random(seed);
        using var folder = new TestFolder();
        var (answered, key, next) = (new ConcurrentDictionary<string, bool>(), "", 0);
        for (var round = 0; round < Rounds; round++)
        {
            await using var service = await ServiceProcess.StartAsync(folder["data"]);
            if (round == 0)
            {
                using var admin = service.Admin();
                key = await admin.KeyAsync("read", "write");
            }
            await using var shop = await ShopProcess.StartAsync(service.Url, key, folder);
            var (first, second) = (answered.Count + random.Next(5, 200), answered.Count + random.Next(200, 600));
            var (reached, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var workers = Enumerable.Range(0, Workers).Select(_ => UseAsync(shop.Address, () => Interlocked.Increment(ref next), id =>
            {
                answered[id] = true;
                if (answered.Count >= first) reached.TrySetResult();
                if (answered.Count >= second) ended.TrySetResult();
            })).ToList();
            await reached.Task.WaitAsync(Cancellation);
            if (random.Next(2) == 0) await service.KillAsync();
            await ended.Task.WaitAsync(Cancellation);
            await shop.KillAsync();
            await Task.WhenAll(workers);
        }
        await CheckAsync(folder, key, [.. answered.Keys]);
    }

    private static async Task CheckAsync(TestFolder folder, string key, List<string> answered)
    {
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        await using var shop = await ShopProcess.StartAsync(service.Url, key, folder);
        using var client = service.Bearer(key);
        List<(string Id, string Result)> events;
        // What was in the spool arrives.
        while (answered.Except((events = await EventsAsync(client)).Select(one => one.Id)).Any()) await Task.Delay(100, Cancellation);
        Assert.Distinct(events.Select(one => one.Id));
        Assert.Empty(answered.Except(events.Where(one => one.Result == "success").Select(one => one.Id)));
    }

    /// <summary>Orders and looks at orders in turn, until the application is gone.</summary>
    private static async Task UseAsync(Uri shop, Func<int> number, Action<string> answered)
    {
        using var client = new HttpClient { BaseAddress = shop };
        try
        {
            while (true)
            {
                var next = number();
                using var request = new HttpRequestMessage(next % 2 == 0 ? HttpMethod.Get : HttpMethod.Post, next % 2 == 0 ? "/orders/1" : "/orders")
                {
                    Content = next % 2 == 0 ? null : Api.Json("""{"sku":"tea","price":4}"""),
                };
                var id = $"q{next}";
                request.Headers.Add("X-Request-Id", id);
                using var response = await client.SendAsync(request, Cancellation);
                await response.Content.ReadAsByteArrayAsync(Cancellation);
                if (response.IsSuccessStatusCode) answered(id);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The application was killed.
        }
    }

    private static async Task<List<(string Id, string Result)>> EventsAsync(HttpClient client)
    {
        var events = new List<(string, string)>();
        using var reader = new StreamReader(await client.GetStreamAsync("/audit/v1/export?service=shop", Cancellation));
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            using var one = JsonDocument.Parse(line);
            if (one.RootElement.TryGetProperty("request", out var request)) events.Add((request.GetProperty("id").GetString()!, one.RootElement.GetProperty("outcome").GetProperty("result").GetString()!));
        }
        return events;
    }
}
