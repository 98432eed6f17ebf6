using System.Globalization;
using System.Text;

namespace Domesday.Ui.EventList;

/// <summary>Which columns are shown, in which order and how wide, as the URL says it: <c>time.180~actor_name~action</c>.</summary>
public sealed class ColumnChoice
{
    public const string Parameter = "columns";

    private const int WidthMin = 50;
    private const int WidthMax = 900;
    private const int CharsMax = 2_000;

    private ColumnChoice(IReadOnlyList<(EventColumn Column, int Width)> columns) => Columns = columns;

    public IReadOnlyList<(EventColumn Column, int Width)> Columns { get; }

    public static ColumnChoice Default { get; } = new([.. EventColumns.Default.Select(name => (EventColumns.Named(name)!, EventColumns.Named(name)!.Width))]);

    /// <summary>Reads a choice; names that are none are left out, and a choice of nothing is the default.</summary>
    public static ColumnChoice Parse(string? text)
    {
        if (text is not { Length: > 0 and <= CharsMax }) return Default;
        var columns = new List<(EventColumn, int)>();
        foreach (var part in text.Split('~'))
        {
            var pieces = part.Split('.');
            if (EventColumns.Named(pieces[0]) is not { } column || columns.Exists(known => known.Item1 == column)) continue;
            var width = pieces.Length > 1 && int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? Math.Clamp(wanted, WidthMin, WidthMax) : column.Width;
            columns.Add((column, width));
        }
        return columns.Count == 0 ? Default : new(columns);
    }

    public bool Has(EventColumn column) => Columns.Any(chosen => chosen.Column == column);

    /// <summary>The widths as rules: a style in a page's own markup is what the security policy forbids.</summary>
    public string ToCss()
    {
        var css = new StringBuilder(".events-table{--columns:");
        foreach (var (_, width) in Columns) css.Append(CultureInfo.InvariantCulture, $"minmax({width}px,{width}fr) ");
        return css.Append(CultureInfo.InvariantCulture, $";--table-width:{Columns.Sum(column => column.Width)}px}}").ToString();
    }

    public override string ToString() =>
        string.Join('~', Columns.Select(column => column.Width == column.Column.Width ? column.Column.Name : string.Create(CultureInfo.InvariantCulture, $"{column.Column.Name}.{column.Width}")));
}
