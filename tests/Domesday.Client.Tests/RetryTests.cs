using System.Net;
using System.Text;
using Domesday.Events;
using Domesday.Http.Parameters;

namespace Domesday.Client.Tests;

public sealed class RetryTests
{
    private const string Receipts = """{"receipts":[{"id":"a","sequence":0,"leaf_hash":"","duplicate":false}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_cannot_take_more_is_asked_again_with_the_same_ids()
    {
        using var service = new Answers(Busy(0), Busy(0), Ok(Receipts));
        using var client = Client(service);
        await client.AppendAsync(new AuditEvent { Action = "create" }, Cancellation);
        Assert.Equal(3, service.Bodies.Count);
        Assert.Contains("\"id\":\"", service.Bodies[0], StringComparison.Ordinal);
        Assert.Single(service.Bodies.Distinct());
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "application/json")]
    [InlineData(HttpStatusCode.BadRequest, "application/problem+json")]
    public async Task An_answer_that_stands_still_in_the_middle_is_not_waited_for_for_ever(HttpStatusCode status, string mediaType)
    {
        Func<HttpResponseMessage> half = () => new(status) { Content = new StreamContent(new Standstill()) { Headers = { ContentType = new(mediaType) } } };
        using var service = new Answers(half, half);
        using var client = new DomesdayClient(new() { Server = new("http://host/base/"), RetriesMax = 0, AnswerTimeout = TimeSpan.FromMilliseconds(50) }, service);
        await Assert.ThrowsAsync<TimeoutException>(() => client.AppendAsync(new AuditEvent { Action = "create" }, Cancellation));
        await Assert.ThrowsAsync<TimeoutException>(() => client.CapturePolicies.GetAsync(1, 1, Cancellation));
    }

    [Fact]
    public async Task Patience_has_an_end()
    {
        using var service = new Answers([.. Enumerable.Range(0, 10).Select(_ => Busy(0))]);
        using var client = Client(service);
        Assert.Equal(503, (await Assert.ThrowsAsync<ProblemException>(() => client.GetAsync("1", Cancellation))).Status);
        Assert.Equal(4, service.Bodies.Count);
    }

    [Fact]
    public async Task A_wait_beyond_the_limit_is_told_instead_of_waited_for()
    {
        using var service = new Answers(Busy(3600));
        using var client = Client(service);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => client.GetAsync("1", Cancellation));
        Assert.Equal(TimeSpan.FromHours(1), problem.RetryAfter);
    }

    [Fact]
    public async Task A_broken_connection_repeats_what_has_ids_and_nothing_else()
    {
        using var service = new Answers(null, Ok(Receipts));
        using var client = Client(service);
        await client.AppendAsync(new AuditEvent { Action = "create" }, Cancellation);
        using var other = new Answers(null, Ok(Receipts));
        using var second = Client(other);
        await Assert.ThrowsAsync<HttpRequestException>(() => second.AppendAsync("{\"action\":\"create\"}"u8.ToArray(), AppendOptions.Default, Cancellation));
    }

    [Fact]
    public async Task An_answer_that_is_no_problem_still_tells_its_status()
    {
        using var service = new Answers(() => new(HttpStatusCode.BadGateway) { Content = new StringContent("<html>", Encoding.UTF8, "text/html") });
        using var client = Client(service);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => client.GetAsync("1", Cancellation));
        Assert.Equal((502, null), (problem.Status, problem.Type));
    }

    [Fact]
    public async Task A_tail_that_breaks_resumes_behind_the_heartbeat()
    {
        using var service = new Answers(
            Stream("id: 4\ndata: {\"action\":\"a\"}\n\n: heartbeat\nid: 9\n\n"), null, Stream("id: 11\ndata: {\"action\":\"b\"}\n\n"));
        using var client = Client(service);
        var seen = new List<string>();
        await foreach (var one in client.TailAsync(EventSelection.All, null, Cancellation))
        {
            seen.Add(one.Event.Action);
            if (seen.Count == 2) break;
        }
        Assert.Equal(["a", "b"], seen);
        Assert.Equal(["", "9", "9"], service.LastEventIds);
    }

    [Fact]
    public void The_fields_that_can_be_selected_by_are_those_of_the_service() => Assert.Equal(EventParameters.Fields.Select(field => field.Name), EventSelection.Fields);

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("host:80")]
    public void An_address_that_is_none_of_a_service_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => new DomesdayClient(new() { Server = new(address) }));

    [Fact]
    public void A_credential_never_shows_its_secret()
    {
        Assert.DoesNotContain("s3cret", ClientCredential.ApiKey("s3cret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", new ClientOptions { Server = new("http://host"), Credential = ClientCredential.User("alice", "s3cret") }.ToString(), StringComparison.Ordinal);
    }

    private static DomesdayClient Client(Answers service) => new(new() { Server = new("http://host/base/"), RetriesMax = 3, RetryWaitMax = TimeSpan.FromMilliseconds(1) }, service);

    private static Func<HttpResponseMessage> Busy(int seconds) => () =>
    {
        var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return response;
    };

    private static Func<HttpResponseMessage> Ok(string json) => () => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private static Func<HttpResponseMessage> Stream(string text) => () => new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "text/event-stream") };

    /// <summary>A body of which nothing more comes.</summary>
    private sealed class Standstill : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override Task CopyToAsync(System.IO.Stream destination, int bufferSize, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Answers one after another; null breaks the connection.</summary>
    private sealed class Answers(params Func<HttpResponseMessage>?[] answers) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        public List<string> LastEventIds { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.StartsWith("/base/audit/v1/", request.RequestUri!.AbsolutePath, StringComparison.Ordinal);
            var answer = answers[Bodies.Count];
            Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
            LastEventIds.Add(request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : "");
            return answer?.Invoke() ?? throw new HttpRequestException("The connection broke.");
        }
    }
}
