namespace Domesday.Client.Spool;

/// <summary>Where a spool lies, how large it may grow, and how it is sent.</summary>
public sealed record SpoolOptions
{
    /// <summary>A folder of its own, for one process at a time; made when it is not there, readable by its owner alone.</summary>
    public required string Folder { get; init; }

    /// <summary>Most bytes that wait on disk, 1 MiB and more. Beyond them nothing is taken until the service has taken some.</summary>
    public long BytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Length at which a new segment file is begun, 64 KiB to 256 MiB; a file is deleted when all in it has been sent.</summary>
    public int SegmentBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Most events in one request, 1 to 10,000.</summary>
    public int BatchEventsMax { get; init; } = 4_000;

    /// <summary>Most bytes in one request, unless one event alone is larger.</summary>
    public int BatchBytesMax { get; init; } = 2 * 1024 * 1024;

    /// <summary>How long what nobody waits for may stay in the system's memory before the disk is asked to keep it: a power cut can take away as much. Up to 1 s.</summary>
    public TimeSpan SyncDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long events are gathered before they are sent.</summary>
    public TimeSpan SendDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Wait after the first failure; it grows with each further one.</summary>
    public TimeSpan RetryWaitMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait between attempts. A service that asks for more (<c>Retry-After</c>) is given up to ten times as long.</summary>
    public TimeSpan RetryWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void Check()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder, nameof(Folder));
        ArgumentOutOfRangeException.ThrowIfLessThan(BytesMax, 1024 * 1024, nameof(BytesMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 64 * 1024, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, 256 * 1024 * 1024, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchEventsMax, 1, nameof(BatchEventsMax));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BatchEventsMax, 10_000, nameof(BatchEventsMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytesMax, 1, nameof(BatchBytesMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(SyncDelay, TimeSpan.Zero, nameof(SyncDelay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SyncDelay, TimeSpan.FromSeconds(1), nameof(SyncDelay));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryWaitMin, TimeSpan.Zero, nameof(RetryWaitMin));
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryWaitMax, RetryWaitMin, nameof(RetryWaitMax));
    }
}
