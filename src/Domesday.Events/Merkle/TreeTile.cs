using System.Globalization;

namespace Domesday.Events.Merkle;

/// <summary>Up to 256 hashes side by side: at level L, each covers 256^L leaves.</summary>
/// <param name="Level">0 for leaf hashes; tree level divided by <see cref="Height"/>.</param>
/// <param name="Index">From the left, from 0.</param>
/// <param name="Width">Hashes in it, 1 to <see cref="WidthMax"/>; fewer than that only at the right edge.</param>
/// <remarks>Source: C2SP tlog-tiles, «Merkle Tree».</remarks>
public readonly record struct TreeTile(int Level, long Index, int Width)
{
    /// <summary>Tree levels from one tile level to the next.</summary>
    public const int Height = 8;

    public const int WidthMax = 1 << Height;

    /// <summary>Highest tile level whose tree level a 64-bit number of leaves can reach.</summary>
    public const int LevelMax = 7;

    /// <summary>Path below the log's prefix, such as <c>tile/0/x001/x234/067.p/8</c>.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"tile/{Level}/{Place(Index, Width)}");

    /// <summary>Path of the entries that a tile at level 0 is made from, such as <c>tile/entries/x001/x234/067</c>.</summary>
    public string EntriesPath => $"tile/entries/{Place(Index, Width)}";

    /// <summary>Path of the same with a length of 0 in the place of each entry that is gone; not a part of C2SP tlog-tiles.</summary>
    public string KeptPath => $"tile/kept/{Place(Index, Width)}";

    public bool IsFull => Width == WidthMax;

    /// <summary>How many hashes a tile at this place has in a tree of <paramref name="size"/> leaves; 0 when it is not there.</summary>
    public static int WidthIn(long size, int level, long index)
    {
        if (level > LevelMax) return 0;
        var hashes = size >> Height * level;
        return index > hashes >> Height ? 0 : (int)Math.Min(WidthMax, hashes - (index << Height));
    }

    /// <summary>The tile at this place of a tree, as wide as the tree makes it.</summary>
    public static TreeTile In(long size, int level, long index) => new(level, index, WidthIn(size, level, index));

    /// <summary>Whether a tree of <paramref name="size"/> leaves has all of this tile's hashes.</summary>
    public bool IsIn(long size) => Width <= WidthIn(size, Level, Index);

    /// <summary>Reads the two parts of a path.</summary>
    /// <param name="level">Such as <c>0</c>, no more than 63.</param>
    /// <param name="place">Such as <c>x001/x234/067.p/8</c>.</param>
    public static bool TryParse(string level, string place, out TreeTile tile)
    {
        tile = default;
        if (!int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 63
            || number.ToString(CultureInfo.InvariantCulture) != level || !TryParsePlace(place, out var index, out var width)) return false;
        tile = new(number, index, width);
        return true;
    }

    /// <summary>Reads the last part of a path: an index in groups of three digits, all but the last behind an x, and the width of a partial tile.</summary>
    public static bool TryParsePlace(string place, out long index, out int width)
    {
        (index, width) = (0, WidthMax);
        if (place.Length > 64) return false;
        var partial = place.Split(".p/");
        if (partial.Length > 2 || partial.Length == 2 && !int.TryParse(partial[1], NumberStyles.None, CultureInfo.InvariantCulture, out width)) return false;
        var digits = partial[0].Replace("/", "", StringComparison.Ordinal).Replace("x", "", StringComparison.Ordinal);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out index) && width is >= 1 and <= WidthMax
            && Place(index, width) == place;
    }

    private static string Place(long index, int width)
    {
        var path = (index % 1000).ToString("d3", CultureInfo.InvariantCulture);
        for (index /= 1000; index > 0; index /= 1000) path = string.Create(CultureInfo.InvariantCulture, $"x{index % 1000:d3}/{path}");
        return width == WidthMax ? path : string.Create(CultureInfo.InvariantCulture, $"{path}.p/{width}");
    }
}
