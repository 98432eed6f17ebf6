using System.Net;
using System.Text;
using Domesday.Events;
using Domesday.Events.Capture;

namespace Domesday.Capture.Tests;

public sealed class CaptureMiddlewareTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_recorded_with_its_user_before_its_answer_goes_out()
    {
        await using var application = await CapturedApplication.StartAsync(options => options.Policy = new() { Level = CaptureLevel.Request, Ignore = [] });
        application.Client.DefaultRequestHeaders.Add("X-Test-User", "alice");
        using var content = new StringContent("""{"sku":"x","password":"t0psecret"}""", Encoding.UTF8, "application/json");
        using var answer = await application.Client.PostAsync(new Uri("/orders?token=t0psecret", UriKind.Relative), content, Cancellation);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(1, application.Capture.Spooled.Kept);
        var one = Assert.Single(await application.EventsAsync());
        Assert.Equal(("create", "POST /orders", 201), (one.Action, one.Operation, one.Outcome!.Status));
        Assert.Equal(("alice", "u-1", "clerk"), (one.Actor!.Name, one.Actor.Id, one.Actor.Roles![0]));
        Assert.Equal(("orders", "4711", "first"), (one.Resource!.Type, one.Resource.Id, one.Resource.Name));
        Assert.Equal("x", one.Request!.Body!.Value.GetProperty("sku").GetString());
        Assert.DoesNotContain("t0psecret", one.Request.Body.Value.GetRawText() + one.Request.Uri, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", one.Source!.Ip);
    }

    [Fact]
    public async Task What_the_application_knows_is_in_the_event()
    {
        await using var application = await CapturedApplication.StartAsync();
        using var answer = await application.Client.PostAsync(new Uri("/orders/7/refunds", UriKind.Relative), null, Cancellation);
        var one = Assert.Single(await application.EventsAsync());
        Assert.Equal(("refund", "order.refund"), (one.Action, one.Operation));
        Assert.Equal(("order", "7", "of 7"), (one.Resource!.Type, one.Resource.Id, one.Resource.Name));
        Assert.Equal((5, 0), (one.Change!.Before!.Value.GetProperty("paid").GetInt32(), one.Change.After!.Value.GetProperty("paid").GetInt32()));
        Assert.Equal(("customer asked", "T-1", "bob"), (one.Reason!.Text, one.Reason.Ticket, one.Reason.Approver));
        Assert.Equal("phone", one.Labels!["channel"]);
        Assert.Null(one.Actor);
    }

    [Fact]
    public async Task A_handler_that_fails_is_recorded_once_as_failed()
    {
        await using var application = await CapturedApplication.StartAsync();
        using var answer = await application.Client.DeleteAsync(new Uri("/orders/7", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var one = Assert.Single(await application.EventsAsync());
        Assert.Equal((OutcomeResult.Failure, 500, "InvalidOperationException"), (one.Outcome!.Result, one.Outcome.Status, one.Outcome.Reason));
    }

    [Fact]
    public async Task A_route_that_is_unknown_is_recorded_too()
    {
        await using var application = await CapturedApplication.StartAsync();
        using var answer = await application.Client.PostAsync(new Uri("/nowhere", UriKind.Relative), null, Cancellation);
        Assert.Equal(404, Assert.Single(await application.EventsAsync()).Outcome!.Status);
    }

    [Fact]
    public async Task A_request_that_must_not_pass_unrecorded_is_refused_when_nothing_can_be_kept()
    {
        await using var application = await CapturedApplication.StartAsync(options =>
        {
            options.SpoolBytesMax = 1024 * 1024;
            options.Server = new() { Server = new("http://127.0.0.1:1") };
            options.Policy = new() { Level = CaptureLevel.Metadata, Rules = [new() { Level = CaptureLevel.Metadata, Fail = FailMode.Closed }] };
        });
        var status = HttpStatusCode.OK;
        for (var i = 0; i < 1_000 && status == HttpStatusCode.OK; i++)
        {
            using var answer = await application.Client.PostAsync(new Uri($"/orders/7/refunds?{new string('x', 5_000)}", UriKind.Relative), null, Cancellation);
            status = answer.StatusCode;
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(1, application.Capture.Recorded.Refused);
    }

    [Fact]
    public async Task A_test_run_fails_for_endpoints_that_change_something_and_leave_no_event()
    {
        await using var application = await CapturedApplication.StartAsync(options =>
        {
            options.FailsWithoutEvent = true;
            options.Policy = new() { Level = CaptureLevel.Metadata, Ignore = [], Rules = [new() { Level = CaptureLevel.None, Paths = ["/orders"] }] };
        });
        using var refunded = await application.Client.PostAsync(new Uri("/orders/7/refunds", UriKind.Relative), null, Cancellation);
        Assert.Equal(["DELETE /orders/{id}", "POST /orders"], application.Coverage.Untried);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var silent = await application.Client.PostAsync(new Uri("/orders", UriKind.Relative), content, Cancellation);
        Assert.Equal(HttpStatusCode.InternalServerError, silent.StatusCode);
        Assert.Equal(["POST /orders"], application.Coverage.WithoutEvent);
        Assert.Contains("POST /orders leaves no event", Assert.Throws<MissingEventException>(application.Coverage.Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_reads_is_recorded_by_the_policy_and_needs_no_event()
    {
        await using var application = await CapturedApplication.StartAsync(options =>
        {
            options.FailsWithoutEvent = true;
            options.Policy = new() { Level = CaptureLevel.Metadata, Rules = [new() { Level = CaptureLevel.None, Methods = ["GET"] }] };
        });
        Assert.Equal("7", await application.Client.GetStringAsync(new Uri("/orders/7", UriKind.Relative), Cancellation));
        Assert.Equal((1, 0), (application.Capture.Recorded.Skipped, application.Capture.Recorded.Metadata));
    }
}
