using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Events;

namespace Domesday.Core.Export;

/// <summary>The last line of an export that is to be checked offline: what was asked for, and the hash of all lines before.</summary>
/// <remarks>The form is described in docs/export.md; Domesday.Client's ExportVerifier reads it.</remarks>
public sealed record ExportManifest
{
    public int Version { get; init; } = 1;

    /// <summary>Null for all tenants.</summary>
    public string? Tenant { get; init; }

    /// <summary>The parameters that selected the events, as they were asked for.</summary>
    public required string Query { get; init; }

    public required Timestamp ExportedAt { get; init; }

    /// <summary>How many events there are.</summary>
    public required long Count { get; init; }

    /// <summary>Of the first line; null when there is none.</summary>
    public long? FirstSequence { get; init; }

    /// <summary>Of the last line before this one; null when there is none.</summary>
    public long? LastSequence { get; init; }

    /// <summary>SHA-256 of all bytes before this line, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The ledger's newest signed checkpoint when the export began; null when it had none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The line without its line feed.</summary>
    public byte[] ToLine() => JsonSerializer.SerializeToUtf8Bytes(new ExportManifestLine(this), ExportManifestJson.Default.ExportManifestLine);
}

internal sealed record ExportManifestLine(ExportManifest DomesdayManifest);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ExportManifestLine))]
internal sealed partial class ExportManifestJson : JsonSerializerContext;
