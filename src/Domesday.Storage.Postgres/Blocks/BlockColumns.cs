using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Some of a block's columns.</summary>
internal readonly record struct BlockColumns(uint Bits)
{
    public static BlockColumns None => default;

    public static BlockColumns Time => new(1);

    public static BlockColumns All => new((1u << 1 + EventColumns.Hashed.Count + EventColumns.Coded.Count) - 1);

    public static BlockColumns AllCoded { get; } = EventColumns.Coded.Aggregate(None, (columns, field) => columns | Of(field));

    /// <summary>All names, in the order in which rows are copied in.</summary>
    public static string List { get; } = string.Join(", ", All.Names);

    public bool IsNone => Bits == 0;

    /// <summary>As the tables call them, in the order of <see cref="EventBlock"/>.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            if (Has(0)) yield return "time";
            for (var i = 0; i < EventColumns.Hashed.Count; i++)
            {
                if (HasHash(i)) yield return EventColumns.NameOf(EventColumns.Hashed[i]);
            }
            for (var i = 0; i < EventColumns.Coded.Count; i++)
            {
                if (HasCode(i)) yield return EventColumns.NameOf(EventColumns.Coded[i]);
            }
        }
    }

    public static BlockColumns operator |(BlockColumns left, BlockColumns right) => new(left.Bits | right.Bits);

    /// <summary>Whether all of some others are among them.</summary>
    public bool Cover(BlockColumns others) => (others.Bits & ~Bits) == 0;

    /// <summary>The column of a field; none when it has none.</summary>
    public static BlockColumns Of(EventField field)
    {
        if (EventColumns.HashedPlace(field) is >= 0 and var hash) return new(1u << 1 + hash);
        return EventColumns.CodedPlace(field) is >= 0 and var code ? new(1u << 1 + EventColumns.Hashed.Count + code) : None;
    }

    public bool HasTime => Has(0);

    /// <param name="place">Among <see cref="EventColumns.Hashed"/>.</param>
    public bool HasHash(int place) => Has(1 + place);

    /// <param name="place">Among <see cref="EventColumns.Coded"/>.</param>
    public bool HasCode(int place) => Has(1 + EventColumns.Hashed.Count + place);

    private bool Has(int bit) => (Bits >> bit & 1) != 0;
}
