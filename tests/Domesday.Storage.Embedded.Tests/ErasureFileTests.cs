using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Erasures;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>The record of what was erased is read as it was written, or not at all.</summary>
public sealed class ErasureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("domesday-").FullName;
    private readonly PosixDisk _disk;
    private long _file;

    public ErasureFileTests() => _disk = new(_folder);

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ErasedEvent[] Random(Random random, int count)
    {
        var sequence = random.NextInt64(1_000);
        var events = new ErasedEvent[count];
        for (var i = 0; i < count; i++)
        {
            events[i] = new(sequence, MerkleHash.OfLeaf(BitConverter.GetBytes(random.NextInt64())), (ulong)random.NextInt64(), new((ulong)random.NextInt64(), (ulong)random.NextInt64()));
            sequence += 1 + random.NextInt64(random.Next(2) == 0 ? 1 : 1_000_000_000);
        }
        return events;
    }

    private (ErasedRun Run, string Path) Written(IReadOnlyList<ErasedEvent> events)
    {
        var run = ErasureFile.Write(_disk, ++_file, events);
        return (run, Path.Combine(_folder, ErasureFile.NameOf(run.File)));
    }

    [Fact]
    public void Everything_comes_back_as_it_was_written()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var events = Random(random, 1 + random.Next(seed % 10 == 0 ? 2_000 : 20));
            var (run, _) = Written(events);
            Assert.Equal((events.Length, events[^1].Sequence), (run.Events, run.Last));
            Assert.Equal(events, ErasureFile.Read(_disk, run));
        }
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var (run, path) = Written(Random(new(5), 4));
        var bytes = File.ReadAllBytes(path);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(path, bytes);
            Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void A_file_that_is_longer_shorter_or_another_one_is_refused()
    {
        var random = new Random(9);
        var (run, path) = Written(Random(random, 6));
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
        }
        File.WriteAllBytes(path, [.. bytes, 0]);
        Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
        File.WriteAllBytes(path, [.. bytes[ErasureFile.RecordBytes..], .. bytes[..ErasureFile.RecordBytes]]);
        Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
        File.WriteAllBytes(path, File.ReadAllBytes(Written(Random(random, 6)).Path));
        Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
        File.Delete(path);
        Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
    }

    [Fact]
    public void Random_bytes_are_never_read_as_erased_events()
    {
        var (run, path) = Written(Random(new(3), 3));
        for (var seed = 0; seed < 300; seed++)
        {
            var bytes = new byte[3 * ErasureFile.RecordBytes];
            new Random(seed).NextBytes(bytes);
            File.WriteAllBytes(path, bytes);
            Assert.Throws<CorruptLedgerException>(() => ErasureFile.Read(_disk, run));
        }
    }
}
