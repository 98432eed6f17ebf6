using System.Buffers;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>A filter as tests on the columns of one ledger's blocks, and what of it the entries themselves must decide.</summary>
internal sealed class BlockFilter
{
    private const int TextMax = 256;

    private readonly List<RowTest> _tests = [];
    private readonly LedgerSnapshot _ledger;
    private string? _text;

    private BlockFilter(LedgerSnapshot ledger, EventFilter filter)
    {
        (_ledger, Filter) = (ledger, filter);
        Bounds = new(filter.FromSequence ?? 0, filter.ToSequence ?? long.MaxValue, filter.From?.Microseconds ?? long.MinValue, filter.To is { } to ? to.Microseconds - 1 : long.MaxValue);
    }

    public EventFilter Filter { get; }

    /// <summary>Sequences and times that are asked for.</summary>
    public Extent Bounds { get; }

    /// <summary>Columns that decide.</summary>
    public BlockColumns Columns => _tests.Aggregate(BlockColumns.None, (columns, test) => columns | test.Columns);

    /// <summary>Of each list a block must have a key.</summary>
    public IEnumerable<int[]> Keys => _tests.Select(test => test.Keys).OfType<IReadOnlyList<int>>().Select(keys => keys.ToArray());

    /// <summary>No event can match.</summary>
    public bool IsImpossible { get; private set; }

    /// <summary>Nothing is asked of an event but its time and sequence.</summary>
    public bool IsBoundsOnly { get; private set; } = true;

    /// <summary>Decides about events that the tests let through; null when they decide all.</summary>
    public FilterMatcher? Residual { get; private set; }

    public static BlockFilter Of(LedgerSnapshot ledger, AccessScope scope, EventFilter filter)
    {
        var tests = new BlockFilter(ledger, filter);
        var isDecided = true;
        foreach (var condition in FilterMatcher.Scoped(scope, filter)) isDecided &= tests.TryAnd(condition);
        if (filter.Search is { } search) isDecided &= tests.TryAndAny(FilterMatcher.Searched(search));
        if (!isDecided) tests.Residual = new(scope, filter);
        return tests;
    }

    /// <summary>Whether something that matches may lie there.</summary>
    public bool Reaches(in Extent extent) =>
        !IsImpossible && extent.MaxTime >= Bounds.MinTime && extent.MinTime <= Bounds.MaxTime && extent.Size > Bounds.First && extent.First < Bounds.Size;

    /// <summary>Whether everything that lies there and was not erased matches.</summary>
    public bool Covers(in Extent extent) => IsBoundsOnly && !IsImpossible && Residual is null && IsWithin(extent);

    /// <summary>How many events of a block the tests let through.</summary>
    /// <inheritdoc cref="Matches"/>
    public int Count(EventBlock block, in Extent extent)
    {
        // What was counted of a whole block holds for as long as the block does; the times and sequences that are asked for are others each time.
        if (!IsWithin(extent) || Text.Length > TextMax) return Matches(block, extent).Length;
        if (block.Counts.Find(Text) is >= 0 and var known) return known;
        var count = Matches(block, extent).Length;
        block.Counts.Keep(Text, count);
        return count;
    }

    /// <summary>The events of a block that the tests let through, in order.</summary>
    /// <param name="block">Has <see cref="Columns"/>, and the times unless all of them are asked for.</param>
    public int[] Matches(EventBlock block, in Extent extent)
    {
        var (from, to) = ((int)Math.Clamp(Bounds.First - block.First, 0, block.Count), (int)Math.Clamp(Bounds.Size - block.First, 0, block.Count));
        if (from >= to) return [];
        var rented = ArrayPool<int>.Shared.Rent(to - from);
        try
        {
            var matches = rented.AsSpan(0, to - from);
            if (_tests.Count > 0) matches = matches[.._tests[0].Find(block, from, to, matches)];
            else for (var i = 0; i < matches.Length; i++) matches[i] = from + i;
            foreach (var test in _tests.Skip(1)) matches = matches[..test.Keep(block, matches)];
            if (!_ledger.IsWhole(extent)) matches = matches[..KeepUnerased(block, matches)];
            if (extent.MinTime < Bounds.MinTime || extent.MaxTime > Bounds.MaxTime) matches = matches[..KeepTimely(block, matches)];
            return matches.ToArray();
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private string Text => _text ??= string.Join(" and ", _tests.Select(test => test.Text));

    private bool IsWithin(in Extent extent) => extent.MinTime >= Bounds.MinTime && extent.MaxTime <= Bounds.MaxTime && extent.First >= Bounds.First && extent.Size <= Bounds.Size;

    private int KeepUnerased(EventBlock block, Span<int> indexes)
    {
        var kept = 0;
        foreach (var index in indexes)
        {
            if (!_ledger.Erased.Contains(block.First + index)) indexes[kept++] = index;
        }
        return kept;
    }

    private int KeepTimely(EventBlock block, Span<int> indexes)
    {
        var kept = 0;
        foreach (var index in indexes)
        {
            if (block.Time(index) is var time && time >= Bounds.MinTime && time <= Bounds.MaxTime) indexes[kept++] = index;
        }
        return kept;
    }

    /// <returns>False when the entries must decide.</returns>
    private bool TryAnd(FieldCondition condition)
    {
        if (condition.Field == EventField.Tenant)
        {
            IsImpossible |= !new ConditionMatcher(condition).Matches(Encoding.UTF8.GetBytes(_ledger.Name));
            return true;
        }
        IsBoundsOnly = false;
        if (!TryTest(condition, out var test)) return false;
        if (test is null) IsImpossible |= !condition.Not;
        else _tests.Add(test);
        return true;
    }

    private bool TryAndAny(IEnumerable<FieldCondition> conditions)
    {
        IsBoundsOnly = false;
        var tests = new List<RowTest>();
        foreach (var condition in conditions)
        {
            // What one of them leaves to the entries could match anywhere.
            if (!TryTest(condition, out var test)) return false;
            if (test is not null) tests.Add(test);
            else if (condition.Not) return true;
        }
        if (tests.Count == 0) IsImpossible = true;
        else _tests.Add(new RowTest.Any(tests));
        return true;
    }

    /// <param name="test">Null when no event has one of the values that are asked for.</param>
    /// <returns>False when the column does not tell.</returns>
    private bool TryTest(FieldCondition condition, out RowTest? test)
    {
        test = null;
        var (column, code, hash) = (BlockColumns.Of(condition.Field), EventColumns.CodedPlace(condition.Field), EventColumns.HashedPlace(condition.Field));
        if (code < 0 && hash < 0) return false;
        var isPlain = condition is { Match: MatchKind.Equal, IgnoreCase: false };
        if (condition.Match == MatchKind.Present) test = new RowTest.Present(column, code, hash, condition.Not);
        else if (hash >= 0 && !isPlain) return false;
        else if (hash >= 0)
        {
            var hashes = condition.Values.Select(value => ValueHash.Of(_ledger.Ledger.Identity!.Salt, condition.Field, CanonicalText.Escape(value))).ToArray();
            if (hashes.Length > 0) test = new RowTest.HashIn(column, hash, hashes, condition.Not, _ledger.Id);
        }
        else
        {
            var codes = isPlain
                ? [.. condition.Values.Select(value => _ledger.Ledger.Codes.CodeOf(condition.Field, CanonicalText.Escape(value))).Where(found => found > 0).Distinct()]
                : _ledger.Ledger.Codes.Matching(condition);
            if (codes.Length > 0) test = new RowTest.CodeIn(column, code, codes, condition.Not, _ledger.Id);
        }
        return true;
    }
}
