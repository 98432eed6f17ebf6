using System.Text.Json.Serialization;

namespace Domesday.Events.Capture;

/// <summary>What of a tenant's traffic is recorded: the wire form, shared by the service, the proxy and the middleware.</summary>
/// <remarks>The first rule that matches decides, as in Kubernetes' audit policy; <see cref="CompiledPolicy"/> does the matching.</remarks>
public sealed record CapturePolicy
{
    /// <summary>What no rule matches is recorded at this level. <see cref="CaptureLevel.None"/> switches all recording off, rules or not.</summary>
    public required CaptureLevel Level { get; init; }

    // Absent lists and sections are filled in by their getters: a source-generated reader does not run initialisers.

    /// <summary>In order.</summary>
    public IReadOnlyList<CaptureRule> Rules { get => field ?? []; init; }

    /// <summary>Endpoints that are never recorded; absent: those of <see cref="IgnoreList.DockerUcp"/>.</summary>
    public IReadOnlyList<string>? Ignore { get; init; }

    public RedactionSettings Redaction { get => field ?? RedactionSettings.Default; init; }

    /// <summary>Longest body that is recorded, in bytes, 0 to 16 MiB, absent: 1 MiB; of a longer one its length and SHA-256 are.</summary>
    public int? BodyBytesMax { get; init; }

    /// <summary><see cref="BodyBytesMax"/>, or what it is when absent.</summary>
    [JsonIgnore]
    public int BodyBytes => BodyBytesMax ?? BodyBytesDefault;

    public const int BodyBytesDefault = 1024 * 1024;

    public const int BodyBytesLimit = 16 * 1024 * 1024;

    public const int RulesMax = 100;

    /// <summary>Metadata of everything but what Docker UCP ignores.</summary>
    public static CapturePolicy Default { get; } = new() { Level = CaptureLevel.Metadata };
}
