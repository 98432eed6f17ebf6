namespace Domesday.Events;

/// <summary>What an event may measure.</summary>
public sealed record EventLimits
{
    /// <summary>Largest canonical entry, in bytes: the length prefix of a C2SP entry bundle has 16 bits.</summary>
    /// <remarks>Source: C2SP tlog-tiles, «Log entries».</remarks>
    public const int EntryBytesMax = 65_535;

    /// <summary>How deep bodies may nest.</summary>
    public const int DepthMax = 64;

    /// <summary>Longest event id, in UTF-8 bytes.</summary>
    public const int IdBytesMax = 512;

    /// <summary>Largest event as sent, bodies included, in bytes; 65,535 to 64 MiB.</summary>
    public int EventBytesMax { get; init; } = 4 * 1024 * 1024;

    public static EventLimits Default { get; } = new();
}
