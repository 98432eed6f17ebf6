using System.Collections.Concurrent;

namespace Domesday.Storage.Embedded.Caching;

/// <summary>Where something was read from: a file by its number, and a position in it.</summary>
internal readonly record struct BlockKey(long File, long Position);

/// <summary>Keeps what was read and checked, up to a number of bytes; what has not been used for longest goes first (by the clock algorithm).</summary>
internal sealed class BlockCache(long bytesMax)
{
    private const int Shards = 16;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new Shard(bytesMax / Shards))];

    public long Bytes => _shards.Sum(shard => shard.Bytes);

    public bool TryGet<T>(BlockKey key, out T value)
        where T : class => ShardOf(key).TryGet(key, out value);

    /// <param name="bytes">What it takes in memory.</param>
    public void Add(BlockKey key, object value, int bytes) => ShardOf(key).Add(key, value, bytes);

    private Shard ShardOf(BlockKey key) => _shards[(int)((ulong)(key.Position * 31 + key.File * 7_919) >> 6) & (Shards - 1)];

    private sealed class Slot(BlockKey key, object value, int bytes)
    {
        public readonly BlockKey Key = key;
        public readonly object Value = value;
        public readonly int Bytes = bytes;
        public bool Used;
    }

    private sealed class Shard(long bytesMax)
    {
        private readonly ConcurrentDictionary<BlockKey, Slot> _slots = new();
        private readonly Queue<Slot> _clock = new();
        private readonly Lock _lock = new();
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public bool TryGet<T>(BlockKey key, out T value)
            where T : class
        {
            if (_slots.TryGetValue(key, out var slot))
            {
                if (!slot.Used) slot.Used = true;
                value = (T)slot.Value;
                return true;
            }
            value = null!;
            return false;
        }

        public void Add(BlockKey key, object value, int bytes)
        {
            var slot = new Slot(key, value, bytes);
            if (bytes > bytesMax || !_slots.TryAdd(key, slot)) return;
            lock (_lock)
            {
                _clock.Enqueue(slot);
                _bytes += bytes;
                while (_bytes > bytesMax) EvictOne();
            }
        }

        private void EvictOne()
        {
            var oldest = _clock.Dequeue();
            if (oldest.Used)
            {
                oldest.Used = false;
                _clock.Enqueue(oldest);
                return;
            }
            _slots.TryRemove(oldest.Key, out _);
            _bytes -= oldest.Bytes;
        }
    }
}
