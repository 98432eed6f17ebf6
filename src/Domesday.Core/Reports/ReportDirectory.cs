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

/// <summary>Makes, changes and deletes the reports that are sent by themselves.</summary>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
/// <param name="findSink">A tenant's sink by id or name; null for none.</param>
public sealed class ReportDirectory(ControlLedger ledger, Func<string, Result<EventFilter>> readFilter, Func<string, string, SinkChannel?> findSink, TimeProvider time)
{
    public const int HourMax = 23;

    private const int ReportsMax = 100;
    private const int IdBytes = 8;

    private readonly NamedRecords<ReportRecord> _records = new(ledger, ControlKinds.Report, "a report", ReportsMax);

    /// <summary>All reports of a tenant, oldest first.</summary>
    public IReadOnlyList<ReportRecord> Of(string tenant) => [.. _records.Of(tenant).OrderBy(report => report.CreatedAt).ThenBy(report => report.Id, StringComparer.Ordinal)];

    /// <param name="reference">Id or name.</param>
    public Result<ReportRecord> Find(string tenant, string reference) => _records.Find(tenant, reference);

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
        return record.IsOk ? await _records.CreateAsync(author, record.Value, cancellation) : record.Problem;
    }

    public async ValueTask<Result<ReportRecord>> ChangeAsync(ChangeAuthor author, string tenant, string reference, ReportWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        if (_records.Check(found.Value, wish.Version) is { } meanwhile) return meanwhile;
        var after = Apply(found.Value, wish);
        return after.IsOk ? await _records.ChangeAsync(author, found.Value, after.Value, "update", cancellation) : after.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, string tenant, string reference, CancellationToken cancellation)
    {
        var found = Find(tenant, reference);
        return found.IsOk ? await _records.DeleteAsync(author, found.Value, cancellation) : found.Problem;
    }

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
            Channels = wish.Channels is { } channels ? SinkChannel.IdsOf(channels, sink => findSink(before.Tenant, sink), files: true, faults) : before.Channels,
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

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
