using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Numbers by which the index of a day finds the blocks where a value occurs. Two values that share a number cost a look into a block, no more.</summary>
internal static class BlockKeys
{
    /// <summary>Hashed columns that have keys, by place. A request's id, which every event has another of, would make the index as large as everything else; its column is read instead.</summary>
    public static IReadOnlyList<int> HashedPlaces { get; } = [EventColumns.HashedPlace(EventField.ResourceId), EventColumns.HashedPlace(EventField.RefersTo)];

    public static int OfCode(int ledger, int place, int code) => Mix(ledger, EventColumns.Hashed.Count + place, code);

    public static int OfHash(int ledger, int place, long hash) => Mix(ledger, place, hash);

    private static int Mix(int ledger, int place, long value)
    {
        var mixed = ((ulong)value ^ (ulong)(uint)ledger << 32 ^ (ulong)place << 24) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9;
        return (int)(mixed >> 32);
    }
}
