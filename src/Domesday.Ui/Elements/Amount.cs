using System.Globalization;

namespace Domesday.Ui.Elements;

/// <summary>Numbers as people read them.</summary>
public static class Amount
{
    private static readonly string[] ByteUnits = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With its noun: «1 event», «2 events».</summary>
    public static string Of(long number, string noun) => $"{Of(number)} {noun}{(number == 1 ? "" : "s")}";

    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1_024 && unit < ByteUnits.Length - 1; unit++) value /= 1_024;
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(unit == 0 ? "N0" : "N1", CultureInfo.InvariantCulture)} {ByteUnits[unit]}");
    }

    /// <summary>As a whole percentage; a part that is not nothing is not said to be 0.</summary>
    public static string Percent(long part, long whole) => whole == 0 ? "0 %" : part > 0 && part * 100 < whole ? "< 1 %" : string.Create(CultureInfo.InvariantCulture, $"{part * 100 / whole} %");
}
