using Domesday.Storage.Embedded.Disk;

namespace Domesday.Simulation.Tests;

/// <summary>A file of a <see cref="SimulatedDisk"/>: what programs see, and what would be left after a crash.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk)
{
    private readonly List<Action<Content, Random>> _unsynced = [];
    private Content _seen = new();
    private Content _durable = new();

    public long Length => _seen.Length;

    public IDiskFile Open() => new Handle(this);

    /// <summary>Each unsynced change is kept, torn or lost, whatever became of those before it.</summary>
    public void Crash(Random random)
    {
        foreach (var change in _unsynced)
        {
            if (random.Next(3) > 0) change(_durable, random);
        }
        _unsynced.Clear();
        _seen = _durable.Copy();
    }

    public void Flip(long position, int bit)
    {
        _seen.Flip(position, bit);
        _durable.Flip(position, bit);
    }

    private void Write(long position, ReadOnlySpan<byte> bytes)
    {
        disk.Step();
        if (disk.IsFull)
        {
            var some = bytes[..disk.Random.Next(bytes.Length + 1)].ToArray();
            Apply((content, _) => content.Write(position, some));
            throw new DiskFullException("There is no room on the simulated disk.");
        }
        var all = bytes.ToArray();
        Apply((content, random) => content.Write(position, content == _seen ? all : Torn(all, random)));
    }

    private void Truncate(long length)
    {
        disk.Step();
        Apply((content, _) => content.Truncate(length));
    }

    private void Sync()
    {
        disk.Step();
        if (disk.Random.NextDouble() < disk.SyncFailures)
        {
            // The kernel reports the error once, and may have dropped any of the pages.
            foreach (var change in _unsynced)
            {
                if (disk.Random.Next(2) == 0) change(_durable, disk.Random);
            }
            _unsynced.Clear();
            throw new IOException("The simulated disk failed to sync.");
        }
        _durable = _seen.Copy();
        _unsynced.Clear();
    }

    private void Apply(Action<Content, Random> change)
    {
        change(_seen, disk.Random);
        _unsynced.Add(change);
    }

    private static byte[] Torn(byte[] bytes, Random random) => random.Next(2) == 0 ? bytes : bytes[..random.Next(bytes.Length + 1)];

    private sealed class Handle(SimulatedFile file) : IDiskFile
    {
        public long Length => file.Length;

        public void Read(long position, Span<byte> buffer) => file._seen.Read(position, buffer);

        public void Write(long position, ReadOnlySpan<byte> bytes) => file.Write(position, bytes);

        public void Sync() => file.Sync();

        public void Truncate(long length) => file.Truncate(length);

        public void BeginSync(long position, long length)
        {
            // What is not synced may be lost or torn, begun or not.
        }

        public void DropCache()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Content
    {
        private byte[] _bytes = [];

        public long Length { get; private set; }

        public void Read(long position, Span<byte> buffer)
        {
            if (position + buffer.Length > Length) throw new EndOfStreamException("The simulated file ends before.");
            _bytes.AsSpan((int)position, buffer.Length).CopyTo(buffer);
        }

        public void Write(long position, ReadOnlySpan<byte> bytes)
        {
            var end = (int)position + bytes.Length;
            if (end > _bytes.Length) Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
            bytes.CopyTo(_bytes.AsSpan((int)position));
            Length = Math.Max(Length, end);
        }

        public void Truncate(long length)
        {
            if (length < Length) _bytes.AsSpan((int)length, (int)(Length - length)).Clear();
            Length = length;
        }

        public void Flip(long position, int bit) => _bytes[position] ^= (byte)(1 << bit);

        public Content Copy() => new() { _bytes = [.. _bytes.AsSpan(0, (int)Length)], Length = Length };
    }
}
