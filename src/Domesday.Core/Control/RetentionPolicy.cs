namespace Domesday.Core.Control;

/// <summary>How long a tenant's events are kept, and how much room they may take.</summary>
public sealed record RetentionPolicy
{
    public const int DaysMax = 36_500;

    public const long BytesMaxLeast = 1024 * 1024;

    /// <summary>Exact as a number of JSON, whoever reads it.</summary>
    public const long BytesMaxMost = (1L << 53) - 1;

    /// <summary>1 to <see cref="DaysMax"/>; null: for ever.</summary>
    public int? Days { get; init; }

    /// <summary>New events are refused when the tenant's take this much; null: as much as the disk has.</summary>
    public long? BytesMax { get; init; }

    /// <summary>The preset that the days come from; null when they were given as a number.</summary>
    public string? Preset { get; init; }

    public static RetentionPolicy Forever { get; } = new();
}
