using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Events.Backup;

/// <summary>The last entry of a backup: it says that the backup is complete, and what it consists of.</summary>
/// <remarks>A line of JSON, then the SHA-256 of that line in hex on a line of its own. See docs/adr/0018-backup-archive.md.</remarks>
public sealed record BackupManifest
{
    /// <summary>Raised when older versions could not restore it any more.</summary>
    public const int FormatVersion = 1;

    /// <summary>Name of the entry in the archive.</summary>
    public const string EntryName = "complete";

    /// <summary>Largest manifest that is read, in bytes: a million files.</summary>
    public const int BytesMax = 256 * 1024 * 1024;

    private const int DigestChars = 64;

    public int Version { get; init; } = FormatVersion;

    /// <summary>When the copy began: everything that was acknowledged before is in it.</summary>
    public required Timestamp MadeAt { get; init; }

    /// <summary>In the order of the archive, this entry apart.</summary>
    public required IReadOnlyList<BackupFile> Files { get; init; }

    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);
        return [.. json, (byte)'\n', .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(json))), (byte)'\n'];
    }

    /// <returns>Null when it is damaged, or of a version that is not known here.</returns>
    public static BackupManifest? Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.Length - DigestChars - 2;
        if (end < 0 || bytes[end] != '\n' || bytes[^1] != '\n') return null;
        if (Convert.ToHexStringLower(SHA256.HashData(bytes[..end])) != Encoding.ASCII.GetString(bytes.Slice(end + 1, DigestChars))) return null;
        try
        {
            return JsonSerializer.Deserialize(bytes[..end], BackupJson.Default.BackupManifest) is { Version: FormatVersion } manifest ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One file of a backup.</summary>
/// <param name="Name">Relative to the data folder, with <c>/</c> between folder and file.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record BackupFile(string Name, long Bytes, string Sha256)
{
    private const int NameCharsMax = 100;

    /// <summary>Whether a name stays within the folder that it is restored into: segments of letters, digits, dots, hyphens and underscores, none of them beginning with a dot.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameCharsMax } && name.Split('/').All(segment => segment.Length > 0 && segment[0] != '.' && segment.All(IsNameLetter));

    private static bool IsNameLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_';
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
