using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Manifests;

/// <summary>What belongs to a store: its segments and runs, and where the log begins that is not in them yet. Immutable; replaced as a whole.</summary>
internal sealed record Manifest
{
    /// <summary>Raised when older versions could not read it any more.</summary>
    public const int FormatVersion = 2;

    /// <summary>What versions read that do not know of erased events.</summary>
    private const int FormatWithoutErasures = 1;

    public const string Name = "manifest";

    private const string NewName = "manifest.new";

    public int Format { get; init; } = FormatWithoutErasures;

    public required ulong HashKey0 { get; init; }

    public required ulong HashKey1 { get; init; }

    /// <summary>Higher than the number of any file that ever was; numbers are never used again.</summary>
    public required long NextFile { get; init; }

    /// <summary>Log files below this number are in segments.</summary>
    public required long LogFrom { get; init; }

    public IReadOnlyList<ManifestTenant> Tenants { get; init; } = [];

    public IReadOnlyList<IdRunInfo> IdRuns { get; init; } = [];

    /// <summary>Files that erased events were left behind in when their segments were written anew; until they are removed.</summary>
    public IReadOnlyList<LeftBehind> LeftBehind { get; init; } = [];

    /// <summary>With the oldest format that says all of it.</summary>
    public Manifest WithFormat() => this with { Format = LeftBehind.Count > 0 || Tenants.Any(tenant => tenant.Erased.Count > 0) ? FormatVersion : FormatWithoutErasures };

    /// <returns>Null when the folder has none.</returns>
    /// <exception cref="CorruptLedgerException">It is damaged.</exception>
    public static Manifest? Read(IDisk disk)
    {
        if (!disk.Exists(Name)) return null;
        using var file = disk.Open(Name, forWriting: false);
        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        var end = bytes.AsSpan().LastIndexOf((byte)'\n');
        if (end < 0 || !bytes.AsSpan(end + 1).SequenceEqual(ChecksumText(bytes.AsSpan(0, end))))
        {
            throw new CorruptLedgerException("The manifest does not agree with its checksum: restore it, or the whole data folder, from a backup.");
        }
        var manifest = JsonSerializer.Deserialize(bytes.AsSpan(0, end), ManifestJson.Default.Manifest)!;
        return manifest.Format <= FormatVersion
            ? manifest
            : throw new CorruptLedgerException($"The data folder has the format {manifest.Format}; this version of Domesday reads up to {FormatVersion}.");
    }

    /// <summary>The file's content: JSON, and its checksum on a line of its own.</summary>
    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.Manifest);
        return [.. json, (byte)'\n', .. ChecksumText(json)];
    }

    private static byte[] ChecksumText(ReadOnlySpan<byte> json) => System.Text.Encoding.ASCII.GetBytes(Checksum.Of(json).ToString("x8", CultureInfo.InvariantCulture));

    /// <summary>Puts this manifest in the place of the one before, atomically and durably.</summary>
    public void Write(IDisk disk)
    {
        disk.Delete(NewName);
        using (var file = disk.Create(NewName))
        {
            file.Write(0, ToBytes());
            file.Sync();
        }
        disk.Replace(NewName, Name);
        disk.SyncFolder("");
    }
}

/// <param name="Number">Stands for the name in id runs.</param>
/// <param name="Durable">One beyond the last sequence that ever was in a segment.</param>
internal sealed record ManifestTenant(string Name, int Number, long Durable)
{
    public IReadOnlyList<SegmentInfo> Segments { get; init; } = [];

    /// <summary>Events that were dropped, oldest first: their leaf hashes are kept.</summary>
    public IReadOnlyList<DroppedRun> Dropped { get; init; } = [];

    /// <summary>Files of the events that were erased, those of a file each in order.</summary>
    public IReadOnlyList<ErasedRun> Erased { get; init; } = [];

    /// <summary>What is wrong with the ledger, when a start found damage; reads stay refused until it is repaired.</summary>
    public string? Damage { get; init; }
}

/// <summary>Erased events whose bytes are in a file that belongs to their ledger no more, or not for long.</summary>
/// <param name="Name">Of the file, with its folder.</param>
/// <param name="Tenant">Name of the ledger.</param>
internal sealed record LeftBehind(string Name, string Tenant, int Events);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IncludeFields = false)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
