using System.Security.Cryptography;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Core.Reports;

/// <summary>What a report shall be, or what shall be different about it: null leaves it as it is.</summary>
public sealed record ReportWish
{
    public string? Name { get; init; }

    public string? By { get; init; }

    /// <summary>Empty for all events.</summary>
    public string? Filter { get; init; }

    public string? Every { get; init; }

    public int? Hour { get; init; }

    /// <summary>Ids or names of sinks.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    public bool? Disabled { get; init; }

    /// <summary>The version that the changer saw; null when it does not mind.</summary>
    public long? Version { get; init; }
}

/// <summary>A sink, as those see it who send files by it.</summary>
/// <param name="IsChannel">It gets nothing by itself.</param>
public sealed record ReportChannel(string Id, bool IsChannel, bool TakesFiles);

/// <summary>Makes, changes and deletes the reports that are sent by themselves.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
/// <param name="findSink">A tenant's sink by id or name; null for none.</param>
public sealed class ReportDirectory(ControlLedger ledger, Func<string, Result<EventFilter>> readFilter, Func<string, string, ReportChannel?> findSink, TimeProvider time)
{
    public const int HourMax = 23;

    private const int ReportsMax = 100;
    private const int IdBytes = 8;

    private static readonly Problem NotFound = new(ProblemKind.NotFound, "There is no such report.");

    /// <summary>All reports of a tenant, oldest first.</summary>
    public IReadOnlyList<ReportRecord> Of(string tenant) => [.. ledger.State.Reports.Values.Where(report => report.Tenant == tenant).OrderBy(report => report.CreatedAt).ThenBy(report => report.Id, StringComparer.Ordinal)];

    /// <param name="reference">Id or name.</param>
    public Result<ReportRecord> Find(string tenant, string reference)
    {
        var all = Of(tenant);
        return (all.FirstOrDefault(report => report.Id == reference) ?? all.FirstOrDefault(report => report.Name == reference)) is { } found ? found : NotFound;
    }

    public async ValueTask<Result<ReportRecord>> CreateAsync(ChangeAuthor author, string tenant, ReportWish wish, CancellationToken cancellation)
    {
        var record = Apply(new ReportRecord
        {
            Id = "rpt_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            Tenant = tenant,
            Name = "",
            By = UsageReading.NameOf(UsageSplit.Project),
            Every = ReportPeriod.Month,
            CreatedAt = Now,
            UpdatedAt = Now,
        }, wish);
        if (!record.IsOk) return record.Problem;
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (state.Reports.Values.Count(report => report.Tenant == tenant) >= ReportsMax) return new Problem(ProblemKind.Conflict, $"A tenant has at most {ReportsMax} reports.");
            return IsTaken(state, record.Value) ? Taken : (ControlChange[])[ControlKinds.Report.Create(record.Value)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Reports[record.Value.Id] : changed.Problem;
    }

    public async ValueTask<Result<ReportRecord>> ChangeAsync(ChangeAuthor author, string tenant, string reference, ReportWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        if (wish.Version is { } seen && seen != found.Value.Version) return Meanwhile;
        var after = Apply(found.Value, wish);
        if (!after.IsOk) return after.Problem;
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.Reports.TryGetValue(found.Value.Id, out var newest)) return NotFound;
            if (newest.Version != found.Value.Version) return Meanwhile;
            return IsTaken(state, after.Value) ? Taken : (ControlChange[])[ControlKinds.Report.Update("update", newest, after.Value)];
        }, cancellation);
        return changed.IsOk ? changed.Value.Reports[found.Value.Id] : changed.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, string tenant, string reference, CancellationToken cancellation)
    {
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        var changed = await ledger.ChangeAsync(author, state => state.Reports.TryGetValue(found.Value.Id, out var record) ? (ControlChange[])[ControlKinds.Report.Delete(record)] : NotFound, cancellation);
        return changed.Problem;
    }

    private static Problem Meanwhile => new(ProblemKind.Conflict, "The report was changed by somebody else in the meantime: read it again.");

    private static Problem Taken => new(ProblemKind.Conflict, "There is a report of this name already.", "name");

    private static bool IsTaken(ControlState state, ReportRecord wanted) => state.Reports.Values.Any(report => report.Tenant == wanted.Tenant && report.Name == wanted.Name && report.Id != wanted.Id);

    private Result<ReportRecord> Apply(ReportRecord before, ReportWish wish)
    {
        var faults = new List<ProblemFault>();
        var after = before with
        {
            Name = wish.Name ?? before.Name,
            By = wish.By ?? before.By,
            Filter = wish.Filter switch { null => before.Filter, "" => null, var filter => filter },
            Every = wish.Every ?? before.Every,
            Hour = wish.Hour ?? before.Hour,
            Channels = wish.Channels is { } channels ? Channels(before.Tenant, channels, faults) : before.Channels,
            Disabled = wish.Disabled ?? before.Disabled,
            UpdatedAt = Now,
        };
        if (after.Name.Length == 0) faults.Add(new(null, "name", "is missing"));
        if (UsageReading.SplitNamed(after.By) is null) faults.Add(new(null, "by", $"must be one of {string.Join(", ", UsageReading.SplitNames)}"));
        if (!ReportPeriod.Lengths.Contains(after.Every)) faults.Add(new(null, "every", $"must be one of {string.Join(", ", ReportPeriod.Lengths)}"));
        if (after.Filter is { } text && readFilter(text) is { IsOk: false } read) faults.AddRange(read.Problem!.Faults);
        if (after.Channels.Count == 0 && faults.Count == 0) faults.Add(new(null, "channels", "is missing: where the report goes"));
        return faults.Count == 0 ? after : new Problem(ProblemKind.Invalid, "The report is not valid; nothing was changed.") { Faults = faults };
    }

    private List<string> Channels(string tenant, IReadOnlyList<string> wanted, List<ProblemFault> faults)
    {
        var ids = new List<string>();
        for (var i = 0; i < wanted.Count; i++)
        {
            if (findSink(tenant, wanted[i]) is not { } sink) faults.Add(new(null, $"channels[{i}]", "is no sink of the tenant"));
            else if (!sink.IsChannel) faults.Add(new(null, $"channels[{i}]", "is a sink that gets events; make one with \"channel\": true"));
            else if (!sink.TakesFiles) faults.Add(new(null, $"channels[{i}]", "is of a type that takes no files: use mail or webhook"));
            else ids.Add(sink.Id);
        }
        return ids;
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
