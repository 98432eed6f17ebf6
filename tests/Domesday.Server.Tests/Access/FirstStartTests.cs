using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Domesday.Events.Json;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Access;

public sealed class FirstStartTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Fact]
    public async Task A_first_start_without_a_password_makes_one_up_and_prints_it_once()
    {
        var store = new MemoryStore(TimeProvider.System);
        var (first, status) = await RunAsync(store, ask: true);
        var password = first.Split("password ")[1].Split(' ')[0];
        Assert.Equal(24, password.Length);
        Assert.Equal(HttpStatusCode.OK, status(password));
        var (second, _) = await RunAsync(store, ask: false);
        Assert.DoesNotContain("password", second, StringComparison.Ordinal);
        await foreach (var batch in store.ReadAsync(Core.Access.AccessScope.AllTenants(), Core.Query.EventFilter.All, Core.Query.EventOrder.Time, false, TestContext.Current.CancellationToken))
        {
            foreach (var entry in batch) Assert.DoesNotContain(password, Encoding.UTF8.GetString(entry.Bytes.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_new_password_in_the_settings_replaces_the_old_one_and_is_recorded()
    {
        await using var first = await TestService.StartAsync();
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store, password: "another good password");
        Assert.Equal(HttpStatusCode.Unauthorized, Status(second.Url, TestService.Password));
        Assert.Equal(HttpStatusCode.OK, Status(second.Url, "another good password"));
        var changed = (await second.EventsAsync("system")).Single(kept => kept.Operation == "control.user.password");
        Assert.Equal(Domesday.Events.ActorType.System, changed.Actor!.Type);
        var told = (await second.EventsAsync("default")).Single(kept => kept.Operation == "control.user.password");
        Assert.DoesNotContain("pbkdf2", Encoding.UTF8.GetString(EventJson.Write(told)), StringComparison.Ordinal);
        Assert.Contains("\"iterations\":600000", Encoding.UTF8.GetString(EventJson.Write(changed)), StringComparison.Ordinal);
    }

    /// <summary>Runs the command until it listens, perhaps tries a password, and stops it.</summary>
    private static async Task<(string Output, Func<string, HttpStatusCode> Status)> RunAsync(MemoryStore store, bool ask)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new SignallingWriter("Data lies in");
        var parts = new ServeParts { OpenStore = (_, _) => ValueTask.FromResult(new StorePair(store, store)) };
        using var folder = new TestFolder();
        var run = ServeHost.RunAsync(["--urls", "http://127.0.0.1:0", "--data", folder["data"], "--log-level", "error"], NoEnvironment, parts, output, TextWriter.Null, stop.Token);
        await output.Flushed.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var text = output.ToString();
        var url = new Uri(text.Split("listens on ")[1].Split('\n')[0]);
        var answers = new Dictionary<string, HttpStatusCode>();
        if (ask && text.Split("password ") is [_, var rest]) answers.Add(rest.Split(' ')[0], Status(url, rest.Split(' ')[0]));
        await stop.CancelAsync();
        Assert.Equal(ServeHost.Done, await run);
        return (text, password => answers[password]);
    }

    private static HttpStatusCode Status(Uri url, string password)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/audit/v1/keys"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + password)));
        using var response = client.Send(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private sealed class SignallingWriter(string last) : StringWriter
    {
        private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Flushed => _flushed.Task;

        public override Task FlushAsync()
        {
            if (ToString().Contains(last, StringComparison.Ordinal)) _flushed.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
