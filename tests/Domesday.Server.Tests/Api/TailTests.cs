using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using Domesday.Events;

namespace Domesday.Server.Tests.Api;

/// <summary>Whoever follows sees every event once, whatever breaks in between.</summary>
public class TailTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AuditEvent Event(string id, string action = "create", string? project = null) =>
        new() { Id = id, Action = action, Scope = project is null ? null : new() { Project = new() { Id = project } } };

    private static async Task<Follower> FollowAsync(ApiHost host, string query = "", long? last = null, string? projects = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit/v1/tail" + query);
        if (last is not null) request.Headers.Add("Last-Event-ID", last.Value.ToString(CultureInfo.InvariantCulture));
        if (projects is not null) request.Headers.Add(ApiHost.ProjectsHeader, projects);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        return new(response, await response.Content.ReadAsStreamAsync(Cancellation));
    }

    [Fact]
    public async Task It_starts_now_and_shows_what_comes_in_the_very_bytes()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("before"));
        await using var follower = await FollowAsync(host);
        await host.AppendAsync(Event("a"), Event("b"));
        var texts = await host.TextsAsync();
        Assert.Equal(("1", texts[1]), await follower.NextAsync());
        Assert.Equal(("2", texts[2]), await follower.NextAsync());
    }

    [Theory]
    [InlineData("?from_sequence=0", null, "0")]
    [InlineData("?from_sequence=2", null, "2")]
    [InlineData("", 0L, "1")]
    [InlineData("?from_sequence=2", 0L, "2")]
    public async Task It_resumes_behind_what_was_seen(string query, long? last, string first)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("a"), Event("b"), Event("c"), Event("d"));
        await using var follower = await FollowAsync(host, query, last);
        Assert.Equal(first, (await follower.NextAsync())?.Id);
    }

    [Fact]
    public async Task Nothing_is_missed_or_repeated_by_one_who_breaks_off_and_comes_again_while_events_arrive()
    {
        const int count = 600;
        await using var host = await ApiHost.StartAsync();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < count; i += 3) await host.AppendAsync(Event($"e{i}"), Event($"e{i + 1}"), Event($"e{i + 2}"));
        }, Cancellation);
        var seen = new List<long>();
        var random = new Random(1);
        while (seen.Count < count)
        {
            await using var follower = await FollowAsync(host, seen.Count == 0 ? "?from_sequence=0" : "", seen.Count == 0 ? null : seen[^1]);
            for (var events = 1 + random.Next(60); events > 0 && seen.Count < count; events--) seen.Add(long.Parse((await follower.NextAsync())!.Value.Id, CultureInfo.InvariantCulture));
        }
        await writing;
        Assert.Equal(Enumerable.Range(0, count).Select(index => (long)index), seen);
    }

    [Fact]
    public async Task Filters_and_scopes_hold_for_what_is_followed()
    {
        await using var host = await ApiHost.StartAsync();
        await using var deletes = await FollowAsync(host, "?action=delete");
        await using var alphas = await FollowAsync(host, projects: "alpha");
        await host.AppendAsync(Event("a"), Event("b", "delete", "beta"), Event("c", "create", "alpha"), Event("d", "delete", "alpha"));
        Assert.Equal(["1", "3"], [(await deletes.NextAsync())!.Value.Id, (await deletes.NextAsync())!.Value.Id]);
        Assert.Equal(["2", "3"], [(await alphas.NextAsync())!.Value.Id, (await alphas.NextAsync())!.Value.Id]);
    }

    [Fact]
    public async Task Heartbeats_say_how_far_it_looked_although_nothing_matched()
    {
        await using var host = await ApiHost.StartAsync(time: new FixedTime(new DateTimeOffset(2026, 2, 11, 0, 0, 0, TimeSpan.Zero), speed: 300));
        await using var follower = await FollowAsync(host, "?action=nothing");
        await host.AppendAsync(Event("a"), Event("b"));
        await follower.UntilAsync("id: 1");
    }

    [Fact]
    public async Task It_ends_by_itself_so_that_a_revoked_credential_does_not_listen_for_ever()
    {
        await using var host = await ApiHost.StartAsync(time: new FixedTime(new DateTimeOffset(2026, 2, 11, 0, 0, 0, TimeSpan.Zero), speed: 3_600));
        await using var follower = await FollowAsync(host);
        Assert.Null(await follower.NextAsync());
    }

    [Fact]
    public async Task It_ends_cleanly_when_the_service_stops()
    {
        await using var host = await ApiHost.StartAsync();
        await using var follower = await FollowAsync(host);
        await host.AppendAsync(Event("a"));
        Assert.Equal("0", (await follower.NextAsync())?.Id);
        var stopping = host.StopAsync();
        Assert.Null(await follower.NextAsync());
        await stopping;
    }

    [Theory]
    [InlineData("", "x", "Last-Event-ID")]
    [InlineData("", "-1", "Last-Event-ID")]
    [InlineData("", "1", "Last-Event-ID")]
    [InlineData("?from_sequence=x", null, "from_sequence")]
    [InlineData("?acton=x", null, "acton")]
    public async Task What_cannot_be_followed_is_refused(string query, string? last, string field)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("a"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/audit/v1/tail" + query);
        if (last is not null) request.Headers.Add("Last-Event-ID", last);
        using var response = await host.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"\"field\":\"{field}\"", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    /// <summary>One who listens.</summary>
    private sealed class Follower(HttpResponseMessage response, Stream stream) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(stream).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        private bool _reading;

        /// <returns>Null when the stream ended.</returns>
        public async Task<(string Id, string Data)?> NextAsync()
        {
            _reading = true;
            return await _items.MoveNextAsync() ? (_items.Current.EventId!, _items.Current.Data) : null;
        }

        /// <summary>Reads lines until one comes.</summary>
        public async Task UntilAsync(string wanted)
        {
            Assert.False(_reading);
            var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(Cancellation) is { } line)
            {
                if (line == wanted) return;
            }
            Assert.Fail($"The stream ended before {wanted}.");
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            await _items.DisposeAsync();
        }
    }
}
