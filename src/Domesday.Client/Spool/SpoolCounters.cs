namespace Domesday.Client.Spool;

/// <summary>What a spool did since it was opened, and what lies in it now.</summary>
public sealed record SpoolCounters
{
    /// <summary>Events that were taken.</summary>
    public long Kept { get; init; }

    /// <summary>Events that were not taken because the spool was full.</summary>
    public long Full { get; init; }

    /// <summary>Events that the disk did not take.</summary>
    public long Failed { get; init; }

    /// <summary>Events that the service acknowledged, those that it had already included.</summary>
    public long Sent { get; init; }

    /// <summary>Of those sent: the service had them already, because an answer was lost.</summary>
    public long Duplicates { get; init; }

    /// <summary>Of those sent: the service keeps them in its quarantine, because they are not valid.</summary>
    public long Quarantined { get; init; }

    /// <summary>Events that the service will never take; they lie in <c>refused.ndjson</c>.</summary>
    public long Refused { get; init; }

    /// <summary>Acts that were begun and whose end was not seen, because the process ended; sent with an unknown outcome.</summary>
    public long Orphans { get; init; }

    /// <summary>Requests that failed and were repeated.</summary>
    public long Retries { get; init; }

    /// <summary>Bytes of a record that was being written when the process or the machine stopped; cut off at the start.</summary>
    public long TornBytes { get; init; }

    /// <summary>Bytes behind a damaged record; their file is kept as <c>….damaged</c>.</summary>
    public long DamagedBytes { get; init; }

    /// <summary>Events on disk that the service does not have yet.</summary>
    public long Waiting { get; init; }

    /// <summary>Length of all segment files.</summary>
    public long BytesOnDisk { get; init; }

    /// <summary>Why the last attempt to send failed; null after one that worked.</summary>
    public string? LastError { get; init; }
}
