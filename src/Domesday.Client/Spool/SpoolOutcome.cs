namespace Domesday.Client.Spool;

/// <summary>What became of an event that was given to a spool.</summary>
public enum SpoolOutcome
{
    /// <summary>It is on disk, and will be sent until the service has it.</summary>
    Kept,

    /// <summary>The spool has as many bytes as it may have; the event was not taken.</summary>
    Full,

    /// <summary>The disk failed, or has no room; whether the event survives is not known.</summary>
    Failed,

    /// <summary>It is larger than the <see cref="SpoolFrame.PayloadBytesMax"/> that a spool takes.</summary>
    TooLarge,
}
