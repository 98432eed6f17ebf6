using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Reports;

/// <summary>Sends reports when they are due. That one was sent is an event whose id follows from the report and its period: so a restart, or another node, does not send it again.</summary>
/// <remarks>Of periods that passed while the service stood still, the last one alone is reported.</remarks>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
/// <param name="send">Hands a file to a sink of a tenant.</param>
public sealed class ScheduledReports(
    ControlLedger ledger, IEventReader reader, AppendPipeline pipeline, Func<string, Result<EventFilter>> readFilter, Func<string, string, SinkFile, CancellationToken, ValueTask<Result<SinkAnswer>>> send,
    TimeProvider time, ILogger<ScheduledReports> logger)
{
    /// <summary>The <c>operation</c> of the events that tell of a report that was sent, or could not be.</summary>
    public const string Operation = "report.sent";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);

    /// <summary>Sends what is due.</summary>
    public async ValueTask TurnAsync(CancellationToken cancellation)
    {
        var control = ledger.State;
        foreach (var gone in _attempts.Keys.Where(id => !control.Reports.ContainsKey(id)).ToList()) _attempts.Remove(gone);
        foreach (var report in control.Reports.Values.Where(report => !report.Disabled && control.IsActive(report.Tenant)).OrderBy(report => report.Id, StringComparer.Ordinal))
        {
            var period = ReportPeriod.Last(report.Every, report.Hour, time.GetUtcNow());
            if (period.Due < report.CreatedAt.ToDateTimeOffset()) continue;
            var id = IdOf(report, period);
            if (!_attempts.TryGetValue(report.Id, out var attempt) || attempt.Id != id) _attempts[report.Id] = attempt = new(id, new(FirstPause, PauseMax));
            if (!attempt.IsDone && time.GetUtcNow() >= attempt.NotBefore) await TryAsync(report, period, attempt, cancellation);
        }
    }

    /// <summary>Sends the report of the last period now, whether it was sent or not.</summary>
    /// <returns>What each channel answered.</returns>
    public async ValueTask<Result<ReportAnswer[]>> SendNowAsync(ReportRecord report, ChangeAuthor author, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(author);
        var period = ReportPeriod.Last(report.Every, report.Hour, time.GetUtcNow());
        var made = await MakeAsync(report, period, cancellation);
        if (!made.IsOk) return made.Problem;
        var id = $"{IdOf(report, period)}-{Guid.CreateVersion7(time.GetUtcNow())}";
        var answers = await SendAsync(report, FileOf(report, period, id, made.Value), report.Channels, cancellation);
        var failed = answers.FirstOrDefault(answer => !answer.Accepted);
        await RecordAsync(report, period, id, author, made.Value, failed is null ? null : $"{failed.Channel}: {failed.Answer}");
        return answers;
    }

    /// <summary>What fails with one report, such as a ledger that cannot be read, is put off, and keeps back no other one.</summary>
    private async ValueTask TryAsync(ReportRecord report, ReportPeriod period, Attempt attempt, CancellationToken cancellation)
    {
        try
        {
            await FinishAsync(report, period, attempt, cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            PutOff(report, attempt, exception.Message);
        }
    }

    private async ValueTask FinishAsync(ReportRecord report, ReportPeriod period, Attempt attempt, CancellationToken cancellation)
    {
        var sent = await reader.FindAsync(AccessScope.WholeTenant(report.Tenant), attempt.Id, cancellation);
        // Dropped by retention is sent, too.
        attempt.IsDone = sent.IsOk || sent.Problem.Kind == ProblemKind.Gone;
        if (attempt.IsDone) return;
        foreach (var channel in report.Channels.Where(channel => !attempt.Sent.Contains(channel)))
        {
            if ((await reader.FindAsync(AccessScope.WholeTenant(report.Tenant), IdOf(attempt, channel), cancellation)).IsOk) attempt.Sent.Add(channel);
        }
        var problem = await AttemptAsync(report, period, attempt, cancellation);
        if (problem is null)
        {
            attempt.IsDone = true;
            return;
        }
        PutOff(report, attempt, problem);
    }

    private void PutOff(ReportRecord report, Attempt attempt, string reason)
    {
        attempt.NotBefore = time.GetUtcNow() + attempt.Backoff.Next();
        ReportLog.NotSent(logger, report.Id, report.Tenant, reason);
    }

    /// <returns>Why it is to be tried again; null when it was sent and recorded.</returns>
    private async ValueTask<string?> AttemptAsync(ReportRecord report, ReportPeriod period, Attempt attempt, CancellationToken cancellation)
    {
        var made = await MakeAsync(report, period, cancellation);
        if (!made.IsOk) return made.Problem.Detail;
        var answers = await SendAsync(report, FileOf(report, period, attempt.Id, made.Value), [.. report.Channels.Where(channel => !attempt.Sent.Contains(channel))], cancellation);
        foreach (var answer in answers.Where(answer => answer.Accepted)) attempt.Sent.Add(answer.Channel);
        if (answers.FirstOrDefault(answer => !answer.Accepted) is { } failed)
        {
            // Who has it is kept: while another one is waited for, the service may start again.
            foreach (var taken in answers.Where(answer => answer.Accepted)) await RecordAsync(report with { Channels = [taken.Channel] }, period, IdOf(attempt, taken.Channel), ChangeAuthor.Service, made.Value, null);
            var reason = $"{failed.Channel}: {failed.Answer}";
            await RecordAsync(report, period, attempt.Id + "-failed", ChangeAuthor.Service, made.Value, reason);
            return reason;
        }
        return (await RecordAsync(report, period, attempt.Id, ChangeAuthor.Service, made.Value, null))?.Detail;
    }

    private async ValueTask<Result<UsageReport>> MakeAsync(ReportRecord report, ReportPeriod period, CancellationToken cancellation)
    {
        var filter = report.Filter is null ? EventFilter.All : readFilter(report.Filter);
        if (!filter.IsOk) return filter.Problem;
        var wanted = filter.Value with { From = Timestamp.FromDateTimeOffset(period.From), To = Timestamp.FromDateTimeOffset(period.To) };
        return await new UsageReading(reader).ReadAsync(AccessScope.WholeTenant(report.Tenant), wanted, UsageReading.SplitNamed(report.By) ?? UsageSplit.Project, time, progress: null, cancellation);
    }

    private async ValueTask<ReportAnswer[]> SendAsync(ReportRecord report, SinkFile file, IReadOnlyList<string> channels, CancellationToken cancellation)
    {
        var answers = new List<ReportAnswer>();
        foreach (var channel in channels)
        {
            var answer = await send(report.Tenant, channel, file, cancellation);
            answers.Add(answer.IsOk ? new(channel, answer.Value.IsAccepted, answer.Value.Text) : new(channel, false, answer.Problem.Detail));
        }
        return [.. answers];
    }

    private static SinkFile FileOf(ReportRecord report, ReportPeriod period, string id, UsageReport made) => new(id,
        string.Create(CultureInfo.InvariantCulture, $"usage-by-{report.By}-{period.From:yyyy-MM-dd}.csv"), "text/csv",
        string.Create(CultureInfo.InvariantCulture, $"{report.Name}: usage of {report.Tenant} by {report.By} from {period.From:yyyy-MM-dd} to {period.To.AddDays(-1):yyyy-MM-dd}"), UsageCsv.Of(made));

    private static string IdOf(ReportRecord report, ReportPeriod period) => string.Create(CultureInfo.InvariantCulture, $"report-{report.Id}-{report.Every}-{period.From:yyyy-MM-dd}");

    /// <summary>Of the event that tells that one of several channels has it.</summary>
    private static string IdOf(Attempt attempt, string channel) => $"{attempt.Id}-{channel}";

    private async ValueTask<Problem?> RecordAsync(ReportRecord report, ReportPeriod period, string id, ChangeAuthor author, UsageReport made, string? failure)
    {
        var recorded = new AuditEvent
        {
            Id = id,
            Time = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            Service = ControlLedger.ServiceName,
            Action = "export",
            Operation = Operation,
            Actor = author.Actor,
            Source = author.Source,
            Resource = new() { Type = "report", Id = report.Id, Name = report.Name },
            Outcome = new() { Result = failure is null ? OutcomeResult.Success : OutcomeResult.Failure, Reason = EventText.Clean(failure) },
            Labels = new Dictionary<string, string>
            {
                ["by"] = report.By,
                ["from"] = Timestamp.FromDateTimeOffset(period.From).ToString(),
                ["to"] = Timestamp.FromDateTimeOffset(period.To).ToString(),
                ["events"] = made.Total.Events.ToString(CultureInfo.InvariantCulture),
                ["channels"] = string.Join(' ', report.Channels),
            },
        };
        return (await pipeline.AppendAsync(new(report.Tenant, ServiceEventQueue.SourceKind, [EventJson.Write(recorded)]), CancellationToken.None)).Problem;
    }

    /// <summary>How far one period's report has come.</summary>
    private sealed class Attempt(string id, Backoff backoff)
    {
        public string Id => id;

        public Backoff Backoff => backoff;

        public bool IsDone { get; set; }

        public DateTimeOffset NotBefore { get; set; }

        /// <summary>Channels that have it.</summary>
        public HashSet<string> Sent { get; } = new(StringComparer.Ordinal);
    }
}

/// <param name="Channel">Id of a sink.</param>
/// <param name="Accepted">Whether its receiver took the report.</param>
/// <param name="Answer">What it said.</param>
public sealed record ReportAnswer(string Channel, bool Accepted, string Answer);
