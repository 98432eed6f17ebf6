using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Http.Parameters;

namespace Domesday.Ui.EventList;

/// <summary>Reads what the page of events shows: rows, total, bars and quick filters, side by side.</summary>
internal sealed class EventListReading(IEventReader reader, AccessScope scope, EventListState state, DateTimeOffset now)
{
    public static EventQuery PageOf(EventListState state, int rows, bool total) => new()
    {
        Filter = state.Filter,
        Order = state.Order,
        Descending = state.Descending,
        Limit = rows,
        After = state.Cursor,
        Total = total,
    };

    /// <returns>The first problem that any of them met.</returns>
    public async ValueTask<Result<EventListModel>> ReadAsync(int rows, CancellationToken cancellation)
    {
        var page = reader.ListAsync(scope, PageOf(state, rows, total: true), cancellation).AsTask();
        var histogram = HistogramAsync(cancellation);
        var facets = FacetsAsync(cancellation);
        await Task.WhenAll(page, histogram, facets);
        if (((await page).Problem ?? (await histogram).Problem ?? (await facets).Problem) is { } problem) return problem;
        var read = (await page).Value;
        return new EventListModel(state)
        {
            Rows = new(state.Columns, read.Entries, read.Next),
            Total = read.Total ?? 0,
            Histogram = (await histogram).Value,
            Facets = (await facets).Value,
            CompleteThrough = read.CompleteThrough,
        };
    }

    private async Task<Result<HistogramModel>> HistogramAsync(CancellationToken cancellation)
    {
        var to = state.Filter.To ?? Timestamp.FromDateTimeOffset(now);
        // Without a beginning, or with one long ago, the bars begin with the first event.
        var isEver = state.Filter.From is not { } begin || to.Microseconds - begin.Microseconds > 400 * HistogramInterval.Day.Microseconds();
        HistogramInterval? interval = isEver ? HistogramInterval.Day : HistogramModel.IntervalFor(HistogramModel.StepFor(state.Filter.From!.Value, to));
        var read = await reader.HistogramAsync(scope, state.Filter, interval, cancellation);
        if (!read.IsOk) return read.Problem;
        var from = isEver ? read.Value.Buckets.Count > 0 ? read.Value.Buckets[0].From : to : state.Filter.From!.Value;
        var end = read.Value.Buckets.Count > 0 && read.Value.Buckets[^1].From > to ? new(read.Value.Buckets[^1].From.Microseconds + 1) : to;
        return HistogramModel.Of(read.Value, from, state.Filter.To ?? end);
    }

    /// <summary>A field that is filtered by shows its other values too, so that one can add to the choice.</summary>
    private async Task<Result<IReadOnlyList<FacetModel>>> FacetsAsync(CancellationToken cancellation)
    {
        var chosen = FacetModel.Fields.Where(field => state.Filter.Conditions.Any(condition => condition.Field == field.Field)).ToList();
        var plain = FacetModel.Fields.Except(chosen).Select(field => field.Field).ToList();
        var reads = new List<Task<Result<Facets>>> { reader.FacetsAsync(scope, state.Filter, plain, FacetModel.ValuesMax, cancellation).AsTask() };
        foreach (var (_, _, field) in chosen)
        {
            var others = state.Filter with { Conditions = [.. state.Filter.Conditions.Where(condition => condition.Field != field)] };
            reads.Add(reader.FacetsAsync(scope, others, [field], FacetModel.ValuesMax, cancellation).AsTask());
        }
        var models = new List<FacetModel>();
        foreach (var read in await Task.WhenAll(reads))
        {
            if (!read.IsOk) return read.Problem;
            models.AddRange(read.Value.Fields.Select(facet => new FacetModel(EventParameters.NameOf(facet.Field)!, "", facet.Values, facet.Distinct)));
        }
        return FacetModel.Fields.Select(field => models.First(model => model.Name == field.Name) with { Title = field.Title })
            .Where(model => model.Values.Count > 0 || IsFiltered(model.Name)).ToList();
    }

    private bool IsFiltered(string name) => state.Url.Pairs.Any(pair => pair.Name == name || pair.Name == EventParameters.ExcludePrefix + name);
}
