using System.ComponentModel.DataAnnotations;

namespace Domesday.Storage.Embedded;

/// <summary>How the embedded engine uses memory and disk. The defaults keep a busy service under 1 GiB.</summary>
public sealed record EngineOptions
{
    /// <summary>Log bytes after which events go from memory into segments; 64 KiB to 1 GiB.</summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int GenerationBytesMax { get; init; } = 96 * 1024 * 1024;

    /// <summary>Events after which they go from memory into segments; 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int GenerationEventsMax { get; init; } = 131_072;

    /// <summary>How many full generations may wait for being written as segments, before appends wait; 1 to 16.</summary>
    [Range(1, 16)]
    public int FrozenMax { get; init; } = 2;

    /// <summary>Memory for what was read from segments. Bytes, 1 MiB to 64 GiB.</summary>
    [Range(1L << 20, 1L << 36)]
    public long CacheBytesMax { get; init; } = 160L * 1024 * 1024;

    /// <summary>Memory for the filters that recognise new ids: 1.25 bytes for each id. Bytes, 0 to 64 GiB.</summary>
    [Range(0L, 1L << 36)]
    public long IdFilterBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Segment files that are kept open; 4 to 100,000.</summary>
    [Range(4, 100_000)]
    public int OpenFilesMax { get; init; } = 256;

    /// <summary>How many neighbouring segments of a size become one; 2 to 64.</summary>
    [Range(2, 64)]
    public int MergeFanIn { get; init; } = 12;

    /// <summary>Largest segment that merging makes, in events; 16 to 8,000,000.</summary>
    [Range(16, 8_000_000)]
    public int SegmentRowsMax { get; init; } = 2_000_000;

    /// <summary>Appends are refused while less than this is free, so that what was taken in can still be written as segments. Bytes, at least 1 MiB.</summary>
    [Range(1L << 20, 1L << 40)]
    public long FreeBytesMin { get; init; } = 256L * 1024 * 1024;

    /// <summary>Bytes of batches that may wait for the writer; what comes then waits, and is refused after some seconds. 1 MiB to 4 GiB.</summary>
    [Range(1 << 20, 1L << 32)]
    public long WaitingBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Tables with at least this many bytes get a segment file of their own; smaller ones share one. Bytes.</summary>
    [Range(0, int.MaxValue)]
    public int OwnFileBytesMin { get; init; } = 4 * 1024 * 1024;
}
