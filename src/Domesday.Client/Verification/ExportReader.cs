using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.Client.Verification;

/// <summary>An entry of an export.</summary>
/// <param name="Line">In the file, from 1.</param>
internal readonly record struct ExportedEntry(long Line, string Tenant, long Sequence, MerkleHash Leaf);

/// <summary>Reads an NDJSON export line by line, plain or compressed, in constant memory.</summary>
internal sealed class ExportReader
{
    private const int LineBytesMax = 1024 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly Func<ExportedEntry, ValueTask> _entry;
    private ExportManifest? _manifest;
    private long _lines, _count;
    private long? _first, _last;

    private ExportReader(Func<ExportedEntry, ValueTask> entry) => _entry = entry;

    /// <summary>Hands out every entry, and then compares what was read with the manifest.</summary>
    /// <exception cref="LedgerBrokenException">The file does not agree with its manifest, or was cut off.</exception>
    public static async Task<ExportManifest> ReadAsync(Stream file, Func<ExportedEntry, ValueTask> entry, CancellationToken cancellation)
    {
        var reader = new ExportReader(entry);
        using (reader._hash)
        {
            var pipe = PipeReader.Create(file);
            var start = await pipe.ReadAtLeastAsync(2, cancellation);
            var isCompressed = start.Buffer.Length >= 2 && start.Buffer.Slice(0, 2).ToArray() is [0x1f, 0x8b];
            pipe.AdvanceTo(start.Buffer.Start);
            await reader.ReadLinesAsync(isCompressed ? PipeReader.Create(new GZipStream(pipe.AsStream(), CompressionMode.Decompress)) : pipe, cancellation);
            return reader.Compared();
        }
    }

    private async Task ReadLinesAsync(PipeReader pipe, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var read = await pipe.ReadAsync(cancellation);
                var rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    await TakeAsync(rest.Slice(0, end));
                    rest = rest.Slice(rest.GetPosition(1, end));
                }
                if (rest.Length > LineBytesMax) throw Broken($"line {_lines + 1} is longer than any event can be");
                if (read.IsCompleted && !rest.IsEmpty) throw Broken($"it ends within line {_lines + 1}: it was cut off");
                pipe.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted) return;
            }
        }
        catch (InvalidDataException exception)
        {
            throw Broken($"it cannot be decompressed: {exception.Message}");
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private ValueTask TakeAsync(ReadOnlySequence<byte> bytes)
    {
        _lines++;
        var line = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();
        if (_manifest is not null) throw Broken($"line {_lines} stands behind the manifest");
        _manifest = ExportManifest.Parse(line);
        if (_manifest is not null) return ValueTask.CompletedTask;
        var entry = Parse(line);
        _hash.AppendData(line);
        _hash.AppendData("\n"u8);
        (_first, _last, _count) = (_first ?? entry.Sequence, entry.Sequence, _count + 1);
        return _entry(entry);
    }

    private ExportedEntry Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            EntrySlicer.Slice(line, _slices);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw Broken($"line {_lines} is not an event in canonical form");
        }
        var tenant = Encoding.UTF8.GetString(_slices[(int)EventField.Tenant].Of(line));
        if (tenant.Length == 0 || !long.TryParse(_slices[(int)EventField.Sequence].Of(line), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            throw Broken($"line {_lines} is an event without tenant or sequence");
        }
        return new(_lines, tenant, sequence, MerkleHash.OfLeaf(line));
    }

    private ExportManifest Compared()
    {
        if (_manifest is null) throw Broken("it has no manifest in its last line: it was cut off, or exported without one");
        if (_manifest.Version != 1) throw new LogRefusedException($"The manifest has version {_manifest.Version}; this program reads version 1.");
        Compare("number of events", _manifest.Count, _count);
        Compare("first sequence", _manifest.FirstSequence, _first);
        Compare("last sequence", _manifest.LastSequence, _last);
        Compare("SHA-256", _manifest.Sha256, Convert.ToHexStringLower(_hash.GetHashAndReset()));
        return _manifest;
    }

    private static void Compare<T>(string what, T manifest, T file)
    {
        if (!EqualityComparer<T>.Default.Equals(manifest, file)) throw Broken($"its {what} is {file}, but {manifest} in the manifest");
    }

    private static LedgerBrokenException Broken(string what) => new($"The export is not what was exported: {what}.");
}
