using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Ui.EventList;

namespace Domesday.Ui.Overview;

/// <summary>Reads the first page: facets and a histogram of the last day, and what of it was not there before.</summary>
internal sealed class OverviewReading(IEventReader reader, AccessScope scope, DateTimeOffset now)
{
    private const int TopMax = 8;

    /// <summary>Values that are compared; beyond them something may be called new that is only rare.</summary>
    private const int ComparedMax = 50_000;

    private const int NewMax = 10;

    /// <summary>What the service records about itself, such as people looking at this page, is left out.</summary>
    private static readonly FieldCondition NotOurs = FieldCondition.Is(EventField.SourceKind, ServiceEventQueue.SourceKind) with { Not = true };

    private readonly Timestamp _now = Timestamp.FromDateTimeOffset(now);
    private readonly Timestamp _dayAgo = Timestamp.FromDateTimeOffset(now.AddDays(-1));

    public async ValueTask<Result<OverviewModel>> ReadAsync(CancellationToken cancellation)
    {
        var day = Between(now.AddDays(-1), null);
        var dayBefore = Between(now.AddDays(-2), now.AddDays(-1));
        var month = Between(now.AddDays(-31), now.AddDays(-1));
        var week = Between(now.AddDays(-7), null);
        EventField[] compared = [EventField.ActorName, EventField.SourceIp];
        var bars = reader.HistogramAsync(scope, week, HistogramInterval.Hour, cancellation).AsTask();
        var today = reader.FacetsAsync(scope, day, [EventField.ActorName, EventField.SourceIp, EventField.Service, EventField.OutcomeResult], ComparedMax, cancellation).AsTask();
        var yesterday = reader.FacetsAsync(scope, dayBefore, [EventField.OutcomeResult], TopMax, cancellation).AsTask();
        var before = reader.FacetsAsync(scope, month, compared, ComparedMax, cancellation).AsTask();
        var failed = reader.FacetsAsync(scope, day with { Conditions = [.. day.Conditions, FieldCondition.Is(EventField.OutcomeResult, "failure")] }, [EventField.Operation, EventField.Action], TopMax, cancellation).AsTask();
        var counts = (Day: reader.CountAsync(scope, day, cancellation).AsTask(), Before: reader.CountAsync(scope, dayBefore, cancellation).AsTask());
        await Task.WhenAll(bars, today, yesterday, before, failed, counts.Day, counts.Before);
        var problem = (await bars).Problem ?? (await today).Problem ?? (await yesterday).Problem ?? (await before).Problem ?? (await failed).Problem ?? (await counts.Day).Problem ?? (await counts.Before).Problem;
        if (problem is not null) return problem;
        var (facets, old) = ((await today).Value, (await before).Value);
        return new OverviewModel(_dayAgo, HistogramModel.Of((await bars).Value, week.From!.Value, _now))
        {
            Events = (await counts.Day).Value,
            EventsDayBefore = (await counts.Before).Value,
            Failures = Failures(facets),
            FailuresDayBefore = Failures((await yesterday).Value),
            Actors = [.. Values(facets, EventField.ActorName).Take(TopMax)],
            Services = [.. Values(facets, EventField.Service).Take(TopMax)],
            FailedActions = Values((await failed).Value, EventField.Operation) is { Count: > 0 } operations ? operations : Values((await failed).Value, EventField.Action),
            NewActors = New(facets, old, EventField.ActorName),
            NewAddresses = New(facets, old, EventField.SourceIp),
            CompleteThrough = facets.CompleteThrough,
        };
    }

    private static EventFilter Between(DateTimeOffset from, DateTimeOffset? to) => new()
    {
        From = Timestamp.FromDateTimeOffset(from),
        To = to is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        Conditions = [NotOurs],
    };

    private static IReadOnlyList<FacetValue> Values(Facets facets, EventField field) => facets.Fields.First(facet => facet.Field == field).Values;

    private static long Failures(Facets facets) => Values(facets, EventField.OutcomeResult).FirstOrDefault(value => value.Value == "failure").Count;

    private static List<FacetValue> New(Facets today, Facets before, EventField field)
    {
        var known = Values(before, field).Select(value => value.Value).ToHashSet(StringComparer.Ordinal);
        return [.. Values(today, field).Where(value => !known.Contains(value.Value)).Take(NewMax)];
    }
}
