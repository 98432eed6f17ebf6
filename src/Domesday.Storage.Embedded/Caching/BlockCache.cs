using System.Collections.Concurrent;

namespace Domesday.Storage.Embedded.Caching;

/// <summary>Where something was read from: a file by its number, and a position in it.</summary>
internal readonly record struct BlockKey(long File, long Position);

/// <summary>Keeps what was read and checked, up to a number of bytes; what has not been used for longest goes first (by the clock algorithm).</summary>
internal sealed class BlockCache(long bytesMax)
{
    private const int Shards = 16;
    private const int MissedSlots = 1 << 12;

    private readonly long[] _missed = new long[MissedSlots];
    private uint _next;
    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard(bytesMax / Shards))];

    public long Bytes => _shards.Sum(shard => shard.Bytes);

    /// <returns>Null when it is not kept.</returns>
    public T? Find<T>(BlockKey key)
        where T : class => ShardOf(key).Find(key)?.Value<T>();

    /// <param name="bytes">What it takes in memory.</param>
    public void Add(BlockKey key, object value, int bytes) => ShardOf(key).Add(new(value, bytes, key));

    /// <summary>Keeps something that only the holder of its slot can find.</summary>
    /// <param name="bytes">What it takes in memory.</param>
    public CacheSlot Add(object value, int bytes)
    {
        var slot = new CacheSlot(value, bytes);
        _shards[_next++ & (Shards - 1)].Add(slot);
        return slot;
    }

    /// <summary>Whether something that is not kept was asked for before, not long ago: what is read only once would drive out what is read often.</summary>
    public bool WasMissed(BlockKey key)
    {
        // Races lose a note at most.
        var mark = (key.Position * 31 + key.File) * unchecked((long)0x9E3779B97F4A7C15) | 1;
        ref var slot = ref _missed[(int)((ulong)mark >> 40) & (MissedSlots - 1)];
        if (slot == mark) return true;
        slot = mark;
        return false;
    }

    private Shard ShardOf(BlockKey key) => _shards[(int)((ulong)(key.Position * 31 + key.File * 7_919) >> 6) & (Shards - 1)];

    private sealed class Shard(long bytesMax)
    {
        private readonly ConcurrentDictionary<BlockKey, CacheSlot> _slots = new();
        private readonly Queue<CacheSlot> _clock = new();
        private readonly Lock _lock = new();
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public CacheSlot? Find(BlockKey key) => _slots.GetValueOrDefault(key);

        public void Add(CacheSlot slot)
        {
            if (slot.Bytes > bytesMax)
            {
                slot.Clear();
                return;
            }
            if (slot.Key is { } key && !_slots.TryAdd(key, slot)) return;
            lock (_lock)
            {
                _clock.Enqueue(slot);
                _bytes += slot.Bytes;
                while (_bytes > bytesMax) EvictOne();
            }
        }

        private void EvictOne()
        {
            var oldest = _clock.Dequeue();
            if (oldest.WasUsed)
            {
                oldest.WasUsed = false;
                _clock.Enqueue(oldest);
                return;
            }
            if (oldest.Key is { } key) _slots.TryRemove(key, out _);
            oldest.Clear();
            _bytes -= oldest.Bytes;
        }
    }
}
