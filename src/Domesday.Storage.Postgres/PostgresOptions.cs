using Domesday.Storage.Postgres.Blocks;

namespace Domesday.Storage.Postgres;

/// <summary>How the engine uses the database.</summary>
public sealed record PostgresOptions
{
    /// <summary>Where the database is; needs the right to create tables in its schema.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Where a replica is that answers what it is recent enough for; null for none.</summary>
    public string? ReadConnectionString { get; init; }

    /// <summary>Transactions that write at the same time. A ledger always uses the same one of this node's.</summary>
    public int Lanes { get; init; } = 4;

    /// <summary>Bytes of events that may wait in each lane.</summary>
    public long WaitingBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>From so many events on they go into the roll-ups; until then queries count them one by one.</summary>
    public int RollUpAfter { get; init; } = 4_096;

    /// <summary>Bytes of memory for what was read of blocks, so that the next question need not fetch it.</summary>
    public long CacheBytesMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>How often it is asked what other nodes wrote.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Events of a block that is complete, at most 8,192.</summary>
    public int BlockEvents { get; init; } = BlockBuilder.EventsMax;

    /// <summary>Into how many buckets a large ledger is spread; 0 for none, null for as many as suit the database: some with Citus, none without.</summary>
    public int? Buckets { get; init; }

    /// <summary>From so many events on a ledger is spread over buckets.</summary>
    public long BucketsFrom { get; init; } = 50_000_000;

    /// <summary>So many neighbours lie in the same bucket.</summary>
    public int BucketStripeEvents { get; init; } = 65_536;

    /// <summary>How often what came last is joined into blocks.</summary>
    public TimeSpan Join { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often roll-ups are joined and partitions made and dropped.</summary>
    public TimeSpan Upkeep { get; init; } = TimeSpan.FromSeconds(10);
}
