using System.Buffers.Binary;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Caching;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;

namespace Domesday.Storage.Embedded.Ids;

/// <summary>An id's hash, and where its event is.</summary>
/// <param name="Hash">Of tenant and id by the store's key; the lowest 16 bits are 0.</param>
/// <param name="Tenant">Number of the tenant.</param>
internal readonly record struct IdEntry(ulong Hash, int Tenant, long Sequence);

/// <summary>A run as the manifest lists it.</summary>
internal sealed record IdRunInfo(long File, int Level, long Count, long DirectoryPosition, int DirectoryLength);

/// <summary>An immutable file of ids, sorted by hash, in pages; the first hash of every page and a filter are kept in memory.</summary>
internal sealed class IdRun
{
    public const string Folder = "ids";
    public const int PageEntries = 512;

    /// <summary>Bits of a hash that are kept.</summary>
    public const ulong HashMask = ~0xFFFFUL;

    private readonly OpenFiles _files;
    private readonly BlockCache _cache;
    private readonly ulong[] _firsts;
    private readonly long[] _positions;
    private readonly IdFilter? _filter;

    /// <param name="withFilter">Keep the filter in memory: 1.25 bytes for each id.</param>
    public IdRun(IdRunInfo info, OpenFiles files, BlockCache cache, bool withFilter)
    {
        (Info, _files, _cache) = (info, files, cache);
        var directory = ReadChecked(info.DirectoryPosition, info.DirectoryLength);
        var reader = new WireReader(directory.AsSpan(0, info.DirectoryLength - Checksum.Bytes));
        var pages = reader.Int32();
        (_firsts, _positions) = (new ulong[pages], new long[pages + 1]);
        for (var i = 0; i < pages; i++) (_firsts[i], _positions[i]) = ((ulong)reader.Int64(), reader.Int64());
        _positions[pages] = reader.Int64();
        var filterLength = (int)(info.DirectoryPosition - _positions[pages]);
        if (withFilter) _filter = IdFilter.Read(ReadChecked(_positions[pages], filterLength).AsSpan(0, filterLength - Checksum.Bytes));
    }

    public IdRunInfo Info { get; }

    public int FilterBytes => _filter?.Bytes ?? 0;

    public static string NameOf(long file) => $"{Folder}/{file:d12}.ids";

    /// <summary>False only when no entry has the hash.</summary>
    public bool MayContain(ulong hash) => _filter is not { } filter || filter.MayContain(hash & HashMask);

    /// <summary>Adds the entries with this hash to <paramref name="found"/>.</summary>
    public void Find(ulong hash, List<IdEntry> found)
    {
        var page = Array.BinarySearch(_firsts, hash);
        if (page < 0) page = ~page - 1;
        // Equal hashes may begin on the page before the one that begins with them.
        while (page > 0 && _firsts[page] == hash) page--;
        for (page = Math.Max(page, 0); page < _firsts.Length && _firsts[page] <= hash; page++)
        {
            foreach (var entry in Page(page))
            {
                if (entry.Hash == hash) found.Add(entry);
            }
        }
    }

    /// <summary>Every entry, in order; past the cache.</summary>
    public IEnumerable<IdEntry> All()
    {
        for (var page = 0; page < _firsts.Length; page++)
        {
            foreach (var entry in new IdPage(ReadChecked(_positions[page], (int)(_positions[page + 1] - _positions[page])))) yield return entry;
        }
    }

    private IdPage Page(int page)
    {
        var key = new BlockKey(Info.File, _positions[page]);
        if (_cache.Find<IdPage>(key) is { } cached) return cached;
        var length = (int)(_positions[page + 1] - _positions[page]);
        cached = new(ReadChecked(_positions[page], length));
        _cache.Add(key, cached, length + 64);
        return cached;
    }

    private byte[] ReadChecked(long position, int length)
    {
        var bytes = new byte[length + BitPacking.Padding];
        try
        {
            _files.Read(NameOf(Info.File), position, bytes.AsSpan(0, length));
        }
        catch (EndOfStreamException exception)
        {
            throw new CorruptLedgerException($"The file {NameOf(Info.File)} is shorter than it was written.", exception);
        }
        return Checksum.Agrees(bytes.AsSpan(0, length)) ? bytes : throw new CorruptLedgerException($"The file {NameOf(Info.File)} is damaged at byte {position}.");
    }
}

/// <summary>Up to 512 entries: hashes as distances, tenants and sequences packed.</summary>
internal sealed class IdPage(byte[] bytes) : IEnumerable<IdEntry>
{
    private const int HeaderBytes = 24;
    private const int HashShift = 16;

    public static void Write(ByteBuffer output, ReadOnlySpan<IdEntry> entries)
    {
        var (distances, tenants, sequences) = (new ulong[entries.Length], new ulong[entries.Length], new ulong[entries.Length]);
        var (widest, tenantMax, sequenceMin, sequenceMax) = (0UL, 0UL, ulong.MaxValue, 0UL);
        for (var i = 0; i < entries.Length; i++)
        {
            distances[i] = i == 0 ? 0 : entries[i].Hash - entries[i - 1].Hash >> HashShift;
            (tenants[i], sequences[i]) = ((ulong)entries[i].Tenant, (ulong)entries[i].Sequence);
            (widest, tenantMax) = (Math.Max(widest, distances[i]), Math.Max(tenantMax, tenants[i]));
            (sequenceMin, sequenceMax) = (Math.Min(sequenceMin, sequences[i]), Math.Max(sequenceMax, sequences[i]));
        }
        for (var i = 0; i < entries.Length; i++) sequences[i] -= sequenceMin;
        var widths = (Hash: BitPacking.WidthOf(widest), Tenant: BitPacking.WidthOf(tenantMax), Sequence: BitPacking.WidthOf(sequenceMax - sequenceMin));
        output.WriteInt64((long)entries[0].Hash);
        output.WriteInt64((long)sequenceMin);
        output.WriteInt32(entries.Length);
        output.Append((byte)widths.Hash);
        output.Append((byte)widths.Tenant);
        output.Append((byte)widths.Sequence);
        output.Append((byte)0);
        BitPacking.Write(output, distances, widths.Hash);
        BitPacking.Write(output, tenants, widths.Tenant);
        BitPacking.Write(output, sequences, widths.Sequence);
    }

    public IEnumerator<IdEntry> GetEnumerator()
    {
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var sequenceMin = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8));
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16));
        var (hashWidth, tenantWidth, sequenceWidth) = (bytes[20], bytes[21], bytes[22]);
        var tenants = HeaderBytes + BitPacking.BytesFor(count, hashWidth);
        var sequences = tenants + BitPacking.BytesFor(count, tenantWidth);
        for (var i = 0; i < count; i++)
        {
            hash += BitPacking.Read(bytes.AsSpan(HeaderBytes), i, hashWidth) << HashShift;
            yield return new(hash, (int)BitPacking.Read(bytes.AsSpan(tenants), i, tenantWidth), sequenceMin + (long)BitPacking.Read(bytes.AsSpan(sequences), i, sequenceWidth));
        }
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
