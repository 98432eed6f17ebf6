using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Segments;

/// <summary>Reads checked runs of bytes out of one file.</summary>
internal sealed class SegmentSource(long file, OpenFiles files, BlockCache cache)
{
    public const string Folder = "segments";

    private const int SlotBytes = 64;

    public long File => file;

    private string Name { get; } = NameOf(file);

    public static string NameOf(long file) => $"{Folder}/{file:d12}.seg";

    /// <summary>Reads bytes whose last four are their checksum.</summary>
    /// <returns>The bytes; behind them stand the checksum and some padding, so that packed numbers can be read to the end.</returns>
    /// <exception cref="CorruptLedgerException">They do not agree.</exception>
    public byte[] Read(Section section)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(section.Length + BitPacking.Padding);
        Read(section, bytes);
        return bytes;
    }

    /// <param name="buffer">At least the section's length and <see cref="BitPacking.Padding"/>.</param>
    public void Read(Section section, Span<byte> buffer)
    {
        try
        {
            files.Read(Name, section.Position, buffer[..section.Length]);
        }
        catch (EndOfStreamException exception)
        {
            throw new CorruptLedgerException($"The file {Name} is shorter than it was written.", exception);
        }
        if (!Checksum.Agrees(buffer[..section.Length])) throw new CorruptLedgerException($"The file {Name} is damaged at byte {section.Position}.");
    }

    /// <summary>What <paramref name="parse"/> makes of a section, from the cache if it is there.</summary>
    /// <param name="bytesOf">What it takes in memory, about; null: what the section has.</param>
    public T Cached<T>(Section section, Func<byte[], T> parse, Func<T, int>? bytesOf = null)
        where T : class
    {
        var key = new BlockKey(file, section.Position);
        if (cache.Find<T>(key) is { } kept) return kept;
        var value = parse(Read(section));
        cache.Add(key, value, SlotBytes + (bytesOf?.Invoke(value) ?? section.Length));
        return value;
    }

    public byte[] Cached(Section section) => Cached(section, bytes => bytes);

    /// <summary>Reads what the cache does not have, or no longer, and lets it keep that.</summary>
    /// <param name="slot">The caller's, which is to be looked into first.</param>
    /// <param name="bytesOf">As for <see cref="Cached{T}"/>.</param>
    public T Load<T>(ref CacheSlot? slot, Section section, Func<byte[], T> parse, Func<T, int>? bytesOf = null)
        where T : class
    {
        var value = parse(Read(section));
        slot = cache.Add(value, SlotBytes + (bytesOf?.Invoke(value) ?? section.Length));
        return value;
    }

    /// <summary>What the cache has of a section; null when it is not there.</summary>
    /// <param name="belongsThere">Whether it was asked for before, not long ago.</param>
    public T? Kept<T>(Section section, out bool belongsThere)
        where T : class
    {
        var key = new BlockKey(file, section.Position);
        var kept = cache.Find<T>(key);
        belongsThere = kept is not null || cache.WasMissed(key);
        return kept;
    }
}

/// <summary>A run of bytes in a file; its last four are the checksum of those before.</summary>
internal readonly record struct Section(long Position, int Length);
