namespace Domesday.Capture.Recording;

/// <summary>What a recorder did since it was started.</summary>
public sealed record RecorderCounters
{
    /// <summary>Requests that were seen.</summary>
    public long Seen { get; init; }

    /// <summary>Of those: not recorded, because the policy says so.</summary>
    public long Skipped { get; init; }

    /// <summary>Recorded at level metadata.</summary>
    public long Metadata { get; init; }

    /// <summary>Recorded at level request.</summary>
    public long Request { get; init; }

    /// <summary>Served although they could not be recorded: <c>fail: open</c>.</summary>
    public long Unrecorded { get; init; }

    /// <summary>Refused because they could not be recorded: <c>fail: closed</c>.</summary>
    public long Refused { get; init; }
}
