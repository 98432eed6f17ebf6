namespace Domesday.Dialects.PlatformPcd;

/// <summary>What may differ between installations.</summary>
internal sealed record PlatformPcdOptions
{
    /// <summary>How far back an export without <c>start_time</c> reaches. Hours, at least 1.</summary>
    public int DefaultHours { get; init; } = 24;
}
