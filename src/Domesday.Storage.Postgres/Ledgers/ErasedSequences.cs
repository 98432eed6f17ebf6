namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>Which events of a ledger were erased, as one moment saw it.</summary>
internal sealed class ErasedSequences
{
    private readonly long[] _sequences;

    private ErasedSequences(long number, long[] sequences) => (Number, _sequences) = (number, sequences);

    public static ErasedSequences None { get; } = new(0, []);

    /// <summary>Rows of the table <c>erased</c> that it was made of: a higher one knows more.</summary>
    public long Number { get; }

    public bool Contains(long sequence) => Array.BinarySearch(_sequences, sequence) >= 0;

    /// <summary>How many of a run are among them.</summary>
    public int CountIn(long from, long to) => _sequences.Length == 0 ? 0 : Math.Max(0, PlaceOf(to) - PlaceOf(from));

    /// <summary>Those of a run, ascending.</summary>
    public ReadOnlyMemory<long> In(long from, long to) => _sequences.AsMemory(PlaceOf(from), CountIn(from, to));

    /// <param name="number">Of the last row that is added.</param>
    public ErasedSequences With(long number, IEnumerable<long> more) => new(number, [.. _sequences.Concat(more).Order()]);

    /// <summary>Where a sequence stands, or would stand.</summary>
    private int PlaceOf(long sequence) => Array.BinarySearch(_sequences, sequence) is var place && place < 0 ? ~place : place;
}
