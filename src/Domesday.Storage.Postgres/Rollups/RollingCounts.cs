namespace Domesday.Storage.Postgres.Rollups;

/// <summary>Counts of a ledger's events that are not in its roll-ups yet, as far as this node committed all of them itself.</summary>
internal sealed class RollingCounts
{
    private long _from;
    private long _to;
    private RollupHours _hours = new();

    /// <summary>The counts of a run of sequences; null when another node wrote some of them.</summary>
    public RollupHours? Of(long from, long to) => from == to ? new() : _from == from && _to == to ? _hours : null;

    /// <summary>Takes note of what was committed.</summary>
    /// <param name="rolled">Events below are in the roll-ups before the group.</param>
    /// <param name="size">Of the ledger before the group.</param>
    public void Committed(long rolled, long size, RollupHours group)
    {
        if (Of(rolled, size) is not { } earlier) return;
        earlier.Add(group);
        (_hours, _from, _to) = (earlier, rolled, size + group.Events);
    }

    /// <summary>Begins anew behind what is in the roll-ups now.</summary>
    public void Rolled(long size) => (_hours, _from, _to) = (new(), size, size);
}
