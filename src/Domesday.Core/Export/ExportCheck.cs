using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Problems;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>Checks an NDJSON export against the manifest in its last line, without the service: nothing is missing, nothing was changed.</summary>
/// <remarks>
/// That shows the file to be what was exported, to whoever trusts the manifest. To check it against the ledger's signed tree, take the leaf
/// hashes that are handed out: a whole ledger's give the root of the checkpoint, others need inclusion proofs.
/// </remarks>
public sealed class ExportCheck
{
    private const int LineBytesMax = 4 * 1024 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly Action<string, long, MerkleHash>? _entry;
    private readonly List<ProblemFault> _faults = [];
    private readonly HashSet<string> _tenants = new(StringComparer.Ordinal);
    private ExportManifest? _manifest;
    private long _lines, _count;
    private long? _first, _last;

    private ExportCheck(Action<string, long, MerkleHash>? entry) => _entry = entry;

    /// <param name="file">Decompressed.</param>
    /// <param name="entry">Is given tenant, sequence and leaf hash of each entry, in the order of the file.</param>
    /// <returns>The manifest; or <see cref="ProblemKind.Invalid"/> with everything that does not agree.</returns>
    public static async Task<Result<ExportManifest>> RunAsync(Stream file, Action<string, long, MerkleHash>? entry, CancellationToken cancellation)
    {
        var check = new ExportCheck(entry);
        using (check._hash) return await check.ReadAsync(PipeReader.Create(file, new(leaveOpen: true)), cancellation);
    }

    private async Task<Result<ExportManifest>> ReadAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            while (_faults.Count == 0 && rest.PositionOf((byte)'\n') is { } end)
            {
                Line(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (_faults.Count == 0 && read.IsCompleted && !rest.IsEmpty) Refuse("has no line end: the file was cut off");
            if (_faults.Count == 0 && rest.Length > LineBytesMax) Refuse("is longer than any event can be");
            reader.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted || _faults.Count > 0) break;
        }
        if (_faults.Count == 0) CompareWithManifest();
        return _faults.Count == 0 ? _manifest! : new Problem(ProblemKind.Invalid, "The export does not agree with its manifest.") { Faults = _faults };
    }

    private void Line(ReadOnlySequence<byte> sequence)
    {
        _lines++;
        var line = sequence.IsSingleSegment ? sequence.FirstSpan : sequence.ToArray();
        if (_manifest is not null)
        {
            Refuse("stands behind the manifest, which must be the last line");
            return;
        }
        _manifest = ExportManifest.Parse(line);
        if (_manifest is not null) return;
        try
        {
            EntrySlicer.Slice(line, _slices);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            Refuse("is not an entry in canonical form");
            return;
        }
        Entry(line);
    }

    private void Entry(ReadOnlySpan<byte> line)
    {
        var tenant = Encoding.UTF8.GetString(_slices[(int)EventField.Tenant].Of(line));
        if (!long.TryParse(_slices[(int)EventField.Sequence].Of(line), NumberStyles.None, CultureInfo.InvariantCulture, out var place) || tenant.Length == 0)
        {
            Refuse("is an entry without tenant or sequence");
            return;
        }
        _tenants.Add(tenant);
        _hash.AppendData(line);
        _hash.AppendData("\n"u8);
        _first ??= place;
        _last = place;
        _count++;
        _entry?.Invoke(tenant, place, MerkleHash.OfLeaf(line));
    }

    private void CompareWithManifest()
    {
        if (_manifest is null)
        {
            _faults.Add(new(null, "", "has no manifest in its last line: it was cut off, or exported without manifest=true"));
            return;
        }
        Compare("count", _manifest.Count, _count);
        Compare("first_sequence", _manifest.FirstSequence, _first);
        Compare("last_sequence", _manifest.LastSequence, _last);
        Compare("sha256", _manifest.Sha256, Convert.ToHexStringLower(_hash.GetHashAndReset()));
        if (_manifest.Tenant is { } tenant && _tenants.FirstOrDefault(other => other != tenant) is { } stranger) Compare("tenant", tenant, stranger);
    }

    private void Compare<T>(string field, T manifest, T file)
    {
        if (!EqualityComparer<T>.Default.Equals(manifest, file)) _faults.Add(new(null, field, $"is {file} in the file, but {manifest} in the manifest"));
    }

    private void Refuse(string reason) => _faults.Add(new(null, string.Create(CultureInfo.InvariantCulture, $"line {Math.Max(1, _lines)}"), reason));
}
