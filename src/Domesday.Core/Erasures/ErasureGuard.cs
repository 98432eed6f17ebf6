using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Retention;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Erasures;

/// <summary>Looks at events that are to be erased, and knows in the end which of them must stay, and why.</summary>
internal sealed class ErasureGuard
{
    /// <summary>What begins the operations of events that tell of erasures and holds.</summary>
    private static readonly string[] Kept = ["control.erasure", "control.hold"];

    private readonly EntryFields _fields = new();
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly IReadOnlyList<Held> _holds;
    private long _records;

    private ErasureGuard(IReadOnlyList<Held> holds) => _holds = holds;

    public bool HasHolds => _holds.Count > 0;

    /// <summary>Why not all that it saw may go; null when all may.</summary>
    public Problem? Problem
    {
        get
        {
            if (_holds.Where(hold => hold.Count > 0).ToList() is { Count: > 0 } holds)
                return new(ProblemKind.Conflict, $"A legal hold keeps events that were to be erased, and nothing was: {string.Join("; ", holds.Select(hold => $"{hold.Record.Id} ({hold.Record.Case}) keeps {hold.Count}"))}.");
            return _records == 0 ? null
                : new(ProblemKind.Conflict, $"{_records} of the events tell of erasures and legal holds, which cannot be erased: leave them out, such as with exclude_source_kind={ServiceEventQueue.SourceKind}. Nothing was erased.");
        }
    }

    /// <returns><see cref="ProblemKind.Corrupt"/> when a hold cannot be read: then nothing may go.</returns>
    public static Result<ErasureGuard> Of(ControlState state, string tenant, Func<string, Result<EventFilter>> readFilter)
    {
        var holds = new List<Held>();
        foreach (var hold in HoldDirectory.InForce(state, tenant))
        {
            var filter = hold.Filter is null ? EventFilter.All : readFilter(hold.Filter);
            if (!filter.IsOk) return new Problem(ProblemKind.Corrupt, $"The filter of the hold {hold.Id} cannot be read, so nothing is erased: {filter.Problem.Detail}");
            holds.Add(new(hold, new(AccessScope.WholeTenant(tenant), filter.Value with { From = hold.From, To = hold.To })));
        }
        return new ErasureGuard(holds);
    }

    public void Look(in StoredEntry entry)
    {
        EntrySlicer.Slice(entry.Bytes.Span, _slices);
        foreach (var hold in _holds)
        {
            if (hold.Matcher.Matches(entry.Bytes.Span, _slices, entry.Sequence)) hold.Count++;
        }
        _fields.Read(entry);
        if (_fields.Text(EventField.SourceKind) == ServiceEventQueue.SourceKind && _fields.Text(EventField.Operation) is { } operation && Array.Exists(Kept, kept => operation.StartsWith(kept, StringComparison.Ordinal))) _records++;
    }

    private sealed class Held(HoldRecord record, FilterMatcher matcher)
    {
        public HoldRecord Record => record;

        public FilterMatcher Matcher => matcher;

        /// <summary>Events that it keeps.</summary>
        public long Count { get; set; }
    }
}
