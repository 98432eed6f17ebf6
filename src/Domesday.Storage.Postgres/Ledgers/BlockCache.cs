using Domesday.Storage.Postgres.Blocks;
using Microsoft.Extensions.Caching.Memory;

namespace Domesday.Storage.Postgres.Ledgers;

/// <summary>Columns of blocks that were read, of all ledgers, up to a number of bytes: a block never changes, so a question need not fetch again what the one before it looked at.</summary>
/// <param name="bytesMax">What they may take in memory.</param>
internal sealed class BlockCache(long bytesMax) : IDisposable
{
    private readonly MemoryCache _blocks = new(new MemoryCacheOptions { SizeLimit = bytesMax });

    /// <param name="erased">How many of its events were erased by now: with more of them it is another block.</param>
    /// <returns>What was read of the block so far; null when nothing is kept.</returns>
    public EventBlock? Find(int ledger, BlockHead head, int erased) => _blocks.Get<EventBlock>(KeyOf(ledger, head, erased));

    public void Keep(int ledger, BlockHead head, int erased, EventBlock block) => _blocks.Set(KeyOf(ledger, head, erased), block, new MemoryCacheEntryOptions { Size = block.Bytes });

    public void Dispose() => _blocks.Dispose();

    // The times are there for a database that was taken back to an earlier moment: its sequences are given out again, to other events.
    private static object KeyOf(int ledger, BlockHead head, int erased) => (ledger, head.First, head.Count, head.MinTime, head.MaxTime, erased);
}
