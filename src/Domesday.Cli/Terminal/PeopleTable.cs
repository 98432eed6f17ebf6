using System.Globalization;
using Spectre.Console;

namespace Domesday.Cli.Terminal;

/// <summary>Rows for people. Programs ask for <c>--json</c>.</summary>
internal sealed class PeopleTable
{
    /// <summary>Wide enough for any row when nobody's terminal is the edge.</summary>
    private const int WidthWithoutEdge = 2_000;

    private readonly Table _table = new() { Border = TableBorder.None, ShowHeaders = true };

    /// <param name="columns">Headers; one that begins with <c>#</c> is of numbers.</param>
    public PeopleTable(params IEnumerable<string> columns)
    {
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('#');
            _table.AddColumn(new TableColumn(new Text(isNumber ? column[1..] : column)) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = isNumber, Padding = new(0, 0, 2, 0) });
        }
    }

    public void Add(params IEnumerable<string?> cells) => _table.AddRow(cells.Select(cell => new Text(PlainText.Of(cell ?? ""))));

    public void Write(CliConsole console)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var plain = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        plain.Profile.Width = console.Width ?? WidthWithoutEdge;
        plain.Write(_table);
        foreach (var line in text.ToString().AsSpan().TrimEnd().EnumerateLines()) console.Out.WriteLine(line.TrimEnd());
    }
}
