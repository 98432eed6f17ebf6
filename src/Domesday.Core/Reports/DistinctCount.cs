namespace Domesday.Core.Reports;

/// <summary>How many different values there were: exactly up to a bound, and beyond it by a sample of them, in memory that does not grow.</summary>
/// <remarks>
/// Of the values' hashes those are kept that end in a number of zero bits, one more each time that there are too many: then each of them stands for as many as there are ends of that length.
/// Source: P. B. Gibbons, «Distinct Sampling for Highly-Accurate Answers to Distinct Values Queries and Event Reports», VLDB 2001. With n kept, two thirds of the estimates are within 1/√n of the truth.
/// </remarks>
internal sealed class DistinctCount
{
    private readonly HashSet<ulong> _kept = [];
    private int _zeroBits;

    public bool IsEstimate => _zeroBits > 0;

    public long Value => (long)_kept.Count << _zeroBits;

    /// <param name="keptMax">Hashes that are kept at most; it may become less from one call to the next.</param>
    public void Add(ulong hash, int keptMax)
    {
        var mixed = Mixed(hash);
        if (!IsKept(mixed) || !_kept.Add(mixed)) return;
        while (_kept.Count > keptMax)
        {
            _zeroBits++;
            _kept.RemoveWhere(known => !IsKept(known));
            _kept.TrimExcess();
        }
    }

    private bool IsKept(ulong mixed) => (mixed & ((1UL << _zeroBits) - 1)) == 0;

    /// <summary>Spreads what hashes of similar texts have in common over all bits.</summary>
    /// <remarks>Source: the finalizer of SplitMix64.</remarks>
    private static ulong Mixed(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
        hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
        return hash ^ (hash >> 31);
    }
}
