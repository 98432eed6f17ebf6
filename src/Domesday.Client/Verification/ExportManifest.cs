using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Client.Verification;

/// <summary>The last line of an export: <c>{"domesday_manifest":{…}}</c>.</summary>
/// <remarks>The form is described in docs/proofs.md; members that are not known here are passed over.</remarks>
public sealed record ExportManifest
{
    public int Version { get; init; }

    /// <summary>Null for all tenants.</summary>
    public string? Tenant { get; init; }

    /// <summary>How many events there are.</summary>
    public long Count { get; init; }

    /// <summary>Of the first line; null when there is none.</summary>
    public long? FirstSequence { get; init; }

    /// <summary>Of the last line before the manifest; null when there is none.</summary>
    public long? LastSequence { get; init; }

    /// <summary>SHA-256 of all bytes before the manifest's line, lower-case hex.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The ledger's newest signed checkpoint when the export began; null when it had none.</summary>
    public string? Checkpoint { get; init; }

    /// <returns>Null when the line is no manifest.</returns>
    internal static ExportManifest? Parse(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("{\"domesday_manifest\":"u8)) return null;
        try
        {
            return JsonSerializer.Deserialize(line, ExportManifestJson.Default.ExportManifestLine)?.DomesdayManifest;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record ExportManifestLine(ExportManifest DomesdayManifest);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ExportManifestLine))]
internal sealed partial class ExportManifestJson : JsonSerializerContext;
