namespace Domesday.Storage.Postgres.Blocks;

/// <summary>How many events of one block match some tests, as far as it was counted; the last few.</summary>
internal sealed class KnownCounts
{
    private const int CountsMax = 16;

    private volatile (string Tests, int Count)[] _known = [];

    /// <param name="tests">What an event must pass, in <see cref="Reading.RowTest.Text"/>.</param>
    /// <returns>-1 when it was not counted.</returns>
    public int Find(string tests)
    {
        foreach (var (known, count) in _known)
        {
            if (known == tests) return count;
        }
        return -1;
    }

    public void Keep(string tests, int count)
    {
        var known = _known;
        // Of two that are counted at the same time one may be lost, and is counted again.
        _known = [(tests, count), .. known.Length < CountsMax ? known : known[..^1]];
    }
}
