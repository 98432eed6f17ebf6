using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Reports;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Tests.Workers;

/// <summary>Whoever is billed by reports gets each period's once, with the events of that period and no others.</summary>
public sealed class ScheduledReportTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly MemoryStore _store;
    private readonly AppendPipeline _pipeline;
    private readonly Meter _meter = new("test");
    private readonly List<(string Channel, SinkFile File)> _sent = [];
    private ControlLedger _ledger = null!;
    private ReportDirectory _directory = null!;
    private string? _refusing, _broken;

    public ScheduledReportTests()
    {
        _store = new(_time);
        _pipeline = new(_store, EventLimits.Default, _time, new AppendMetrics(_meter));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ledger = await ControlLedger.OpenAsync(_store, _pipeline, NullLogger.Instance, Cancellation);
        await new TenantDirectory(_ledger, _time).CreateAsync(ChangeAuthor.Service, "acme", null, new RetentionPolicy(), Cancellation);
        _directory = new(_ledger, text => text == "action=delete" ? new EventFilter { Conditions = [FieldCondition.Is(Events.Schema.EventField.Action, "delete")] } : new Problem(ProblemKind.Invalid, "wrong", "filter"),
            (_, name) => name switch { "mail" or "hook" => new(name, true, true), "siem" => new(name, false, false), "syslog" => new(name, true, false), _ => null }, _time);
    }

    public ValueTask DisposeAsync()
    {
        _ledger.Dispose();
        _meter.Dispose();
        return ValueTask.CompletedTask;
    }

    private ScheduledReports Reports() => new(_ledger, _store, _pipeline, text => text == _broken ? throw new CorruptLedgerException("a checksum does not agree") : new EventFilter { Conditions = [FieldCondition.Is(Events.Schema.EventField.Action, "delete")] }, (_, channel, file, _) =>
    {
        if (channel == _refusing) return ValueTask.FromResult<Result<SinkAnswer>>(new SinkAnswer(false, "not now"));
        _sent.Add((channel, file));
        return ValueTask.FromResult<Result<SinkAnswer>>(new SinkAnswer(true, "taken"));
    }, _time, NullLogger<ScheduledReports>.Instance);

    private async Task<ReportRecord> MakeAsync(ReportWish wish)
    {
        var made = await _directory.CreateAsync(ChangeAuthor.Service, "acme", wish, Cancellation);
        Assert.Null(made.Problem);
        return made.Value;
    }

    private async Task AppendAsync(string time, string project, string action = "create")
    {
        var sent = new AuditEvent { Id = Guid.NewGuid().ToString(), Time = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)), Action = action, Scope = new() { Project = new() { Id = project } } };
        Assert.Null((await _pipeline.AppendAsync(new("acme", "native", [EventJson.Write(sent)]), Cancellation)).Problem);
    }

    private async Task<List<AuditEvent>> RecordedAsync()
    {
        var events = new List<AuditEvent>();
        await foreach (var batch in _store.ReadAsync(Core.Access.AccessScope.WholeTenant("acme"), EventFilter.All, EventOrder.Sequence, false, Cancellation)) events.AddRange(batch.Select(entry => EventJson.Read(entry.Bytes.Span)));
        return events.FindAll(one => one.Operation == ScheduledReports.Operation);
    }

    [Fact]
    public async Task A_day_is_reported_once_after_it_has_ended_also_by_a_service_that_started_again()
    {
        await MakeAsync(new() { Name = "daily", Every = "day", Hour = 6, Channels = ["hook"] });
        await AppendAsync("2026-02-10T23:59:59Z", "before");
        await AppendAsync("2026-02-11T00:00:00Z", "web");
        await AppendAsync("2026-02-11T23:59:59.999999Z", "web");
        await AppendAsync("2026-02-12T00:00:00Z", "after");
        await Reports().TurnAsync(Cancellation);
        Assert.Empty(_sent);
        _time.Advance(TimeSpan.FromHours(7));
        await Reports().TurnAsync(Cancellation);
        Assert.Empty(_sent);
        _time.Advance(TimeSpan.FromMinutes(39));
        var reports = Reports();
        await reports.TurnAsync(Cancellation);
        await reports.TurnAsync(Cancellation);
        await Reports().TurnAsync(Cancellation);
        var (channel, file) = Assert.Single(_sent);
        Assert.Equal(("hook", "usage-by-project-2026-02-11.csv", "text/csv"), (channel, file.Name, file.MediaType));
        Assert.Equal("project,events,failures,resources\r\nweb,2,0,0\r\n", Encoding.UTF8.GetString(file.Content.Span));
        var recorded = Assert.Single(await RecordedAsync());
        Assert.Equal((OutcomeResult.Success, "2", "hook"), (recorded.Outcome!.Result, recorded.Labels!["events"], recorded.Labels["channels"]));
    }

    [Fact]
    public async Task A_receiver_that_is_not_ready_is_asked_again_and_the_others_are_not_bothered_twice()
    {
        await MakeAsync(new() { Name = "daily", Every = "day", Hour = 0, By = "service", Channels = ["mail", "hook"] });
        _time.Advance(TimeSpan.FromHours(3));
        _refusing = "mail";
        var reports = Reports();
        for (var i = 0; i < 3; i++) await reports.TurnAsync(Cancellation);
        Assert.Equal(["hook"], _sent.Select(one => one.Channel));
        Assert.Equal(["hook has it", "mail: not now"], (await RecordedAsync()).Select(one => one.Outcome!.Reason ?? $"{one.Labels!["channels"]} has it"));
        _refusing = null;
        _time.Advance(TimeSpan.FromMinutes(2));
        // Also when the service has started again meanwhile.
        await Reports().TurnAsync(Cancellation);
        Assert.Equal(["hook", "mail"], _sent.Select(one => one.Channel));
        Assert.Equal(_sent[0].File.Id, _sent[1].File.Id);
        Assert.Equal([OutcomeResult.Success, OutcomeResult.Failure, OutcomeResult.Success], (await RecordedAsync()).Select(one => one.Outcome!.Result!.Value));
    }

    [Fact]
    public async Task A_report_that_cannot_be_made_is_put_off_and_keeps_back_no_other_one()
    {
        var first = (await Task.WhenAll(MakeAsync(new() { Name = "one", Every = "day", Channels = ["hook"] }), MakeAsync(new() { Name = "two", Every = "day", Channels = ["hook"] }))).MinBy(report => report.Id, StringComparer.Ordinal)!;
        Assert.Null((await _directory.ChangeAsync(ChangeAuthor.Service, "acme", first.Id, new() { Filter = _broken = "action=delete" }, Cancellation)).Problem);
        _time.Advance(TimeSpan.FromHours(3));
        var reports = Reports();
        for (var i = 0; i < 3; i++) await reports.TurnAsync(Cancellation);
        Assert.DoesNotContain(first.Id, Assert.Single(_sent).File.Id, StringComparison.Ordinal);
        _broken = null;
        _time.Advance(TimeSpan.FromMinutes(2));
        await reports.TurnAsync(Cancellation);
        Assert.Contains(first.Id, _sent[^1].File.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_counts_what_its_filter_says_and_one_that_is_disabled_is_not_sent()
    {
        await AppendAsync("2026-02-11T10:00:00Z", "web", "delete");
        await AppendAsync("2026-02-11T10:00:00Z", "web");
        var report = await MakeAsync(new() { Name = "deletions", Every = "day", Filter = "action=delete", Channels = ["mail"] });
        Assert.Null((await _directory.ChangeAsync(ChangeAuthor.Service, "acme", report.Id, new() { Disabled = true }, Cancellation)).Problem);
        _time.Advance(TimeSpan.FromHours(3));
        await Reports().TurnAsync(Cancellation);
        Assert.Empty(_sent);
        var answers = await Reports().SendNowAsync(_directory.Find("acme", "deletions").Value, ChangeAuthor.Service, Cancellation);
        Assert.Equal([new ReportAnswer("mail", true, "taken")], answers.Value);
        Assert.Equal("project,events,failures,resources\r\nweb,1,0,0\r\n", Encoding.UTF8.GetString(Assert.Single(_sent).File.Content.Span));
    }

    [Theory]
    [InlineData("day", 6, "2026-02-11T05:59:59Z", "2026-02-09", "2026-02-10", "2026-02-11T06:00:00Z")]
    [InlineData("day", 6, "2026-02-11T06:00:00Z", "2026-02-10", "2026-02-11", "2026-02-12T06:00:00Z")]
    [InlineData("week", 0, "2026-02-11T22:00:00Z", "2026-02-02", "2026-02-09", "2026-02-16T00:00:00Z")]
    [InlineData("week", 3, "2026-02-09T02:00:00Z", "2026-01-26", "2026-02-02", "2026-02-09T03:00:00Z")]
    [InlineData("month", 0, "2026-03-01T00:00:00Z", "2026-02-01", "2026-03-01", "2026-04-01T00:00:00Z")]
    [InlineData("month", 12, "2026-01-01T11:00:00Z", "2025-11-01", "2025-12-01", "2026-01-01T12:00:00Z")]
    public void The_last_period_is_the_last_whose_report_is_due(string every, int hour, string now, string from, string to, string next)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var period = ReportPeriod.Last(every, hour, DateTimeOffset.Parse(now, culture));
        Assert.Equal((from, to), (period.From.ToString("yyyy-MM-dd", culture), period.To.ToString("yyyy-MM-dd", culture)));
        Assert.Equal(DateTimeOffset.Parse(next, culture), period.Next(every).Due);
    }

    [Theory]
    [InlineData("nobody", "channels[0]")]
    [InlineData("siem", "channels[0]")]
    [InlineData("syslog", "channels[0]")]
    public async Task A_report_goes_only_where_files_are_taken(string channel, string field)
    {
        var made = await _directory.CreateAsync(ChangeAuthor.Service, "acme", new() { Name = "x", Every = "day", Channels = [channel] }, Cancellation);
        Assert.Contains(field, made.Problem!.Faults.Select(fault => fault.Field));
        var wrong = await _directory.CreateAsync(ChangeAuthor.Service, "acme", new() { Every = "year", By = "colour", Filter = "colour=blue" }, Cancellation);
        Assert.Equal(["name", "by", "every"], wrong.Problem!.Faults.Select(fault => fault.Field).Take(3));
    }
}
