using System.Text.Json.Serialization;
using Domesday.Events;

namespace Domesday.Core.Witnesses;

/// <summary>How one witness stands to one ledger.</summary>
/// <param name="Witness">Its verifier key.</param>
public sealed record WitnessMark(string Witness)
{
    /// <summary>Size of the last checkpoint that it cosigned; 0 for none.</summary>
    public long Size { get; init; }

    /// <summary>That checkpoint as the service signed it; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>The line of the cosignature; null for none.</summary>
    public string? Cosignature { get; init; }

    /// <summary>When it cosigned, by its own clock.</summary>
    public Timestamp? CosignedAt { get; init; }

    /// <summary>When it was last asked.</summary>
    public Timestamp? AskedAt { get; init; }

    /// <summary>Why it did not cosign when it was last asked; null when it did.</summary>
    public string? Problem { get; init; }

    /// <summary>It answered, and would not.</summary>
    public bool Refuses { get; init; }

    /// <summary>Since when it has not cosigned what it was asked to; null when it has.</summary>
    public Timestamp? FailingSince { get; init; }

    /// <summary>Whether somebody should look: it refuses, or could not be reached for ten minutes.</summary>
    public bool IsFailing(Timestamp now) => FailingSince is { } since && (Refuses || now.Microseconds - since.Microseconds > PatienceMicroseconds);

    private const long PatienceMicroseconds = 600_000_000;
}

/// <summary>The marks of one ledger, as they are kept.</summary>
internal sealed record WitnessMarks(IReadOnlyList<WitnessMark> Marks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WitnessMarks))]
internal sealed partial class WitnessJson : JsonSerializerContext;
