using System.Collections.Concurrent;
using Domesday.Storage.Embedded.Rows;

namespace Domesday.Storage.Embedded.Erasures;

/// <summary>The erased events of one ledger, in memory. Immutable.</summary>
internal sealed class ErasedEvents
{
    private readonly long[] _sequences;
    private readonly ErasedEvent[] _events;
    private readonly ConcurrentDictionary<(long First, int Rows), ErasedPart> _parts = new();

    private ErasedEvents(ErasedEvent[] events) => (_events, _sequences) = (events, Array.ConvertAll(events, erased => erased.Sequence));

    public static ErasedEvents None { get; } = new([]);

    /// <summary>Ascending by their sequences.</summary>
    public IReadOnlyList<ErasedEvent> All => _events;

    /// <summary>How many there are from <paramref name="from"/> to before <paramref name="to"/>.</summary>
    public int CountIn(long from, long to) => _sequences.Length == 0 ? 0 : Math.Max(0, PlaceOf(to) - PlaceOf(from));

    public ErasedEvent? Find(long sequence) => _sequences.Length > 0 && Array.BinarySearch(_sequences, sequence) is >= 0 and var place ? _events[place] : null;

    public bool Contains(long sequence) => _sequences.Length > 0 && Array.BinarySearch(_sequences, sequence) >= 0;

    /// <summary>Which of consecutive rows are erased.</summary>
    /// <param name="first">Sequence of the first row.</param>
    public RowSet Rows(long first, int rows)
    {
        if (CountIn(first, first + rows) == 0) return RowSet.Empty;
        return RowSet.Of(Array.ConvertAll(_sequences[PlaceOf(first)..PlaceOf(first + rows)], sequence => (int)(sequence - first)));
    }

    /// <summary>As <see cref="Rows"/>, remembered: for what many queries ask for.</summary>
    public ErasedPart Part(long first, int rows) => CountIn(first, first + rows) == 0 ? ErasedPart.None : _parts.GetOrAdd((first, rows), static (part, events) => ErasedPart.Of(events.Rows(part.First, part.Rows), part.Rows), this);

    /// <param name="added">None of them is among these.</param>
    public ErasedEvents With(IEnumerable<ErasedEvent> added)
    {
        ErasedEvent[] all = [.. _events, .. added];
        Array.Sort(Array.ConvertAll(all, erased => erased.Sequence), all);
        return new(all);
    }

    private int PlaceOf(long sequence)
    {
        var place = Array.BinarySearch(_sequences, sequence);
        return place < 0 ? ~place : place;
    }
}

/// <summary>Rows of erased events among consecutive ones.</summary>
/// <param name="Kept">The others; null when none is erased.</param>
internal sealed record ErasedPart(RowSet Rows, RowSet? Kept)
{
    public static ErasedPart None { get; } = new(RowSet.Empty, null);

    /// <param name="total">How many rows there are.</param>
    public static ErasedPart Of(RowSet rows, int total) => rows.IsEmpty ? None : new(rows, rows.Not(total));
}
