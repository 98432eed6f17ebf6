using System.Text;
using Domesday.Core.Problems;

namespace Domesday.Core.Export;

/// <summary>Splits CSV into rows and cells.</summary>
/// <remarks>Source: RFC 4180 §2. A line feed alone ends a row too; the last row must have its end.</remarks>
internal sealed class CsvRowReader(TextReader input)
{
    private readonly StringBuilder _cell = new();
    private int _endedLines;

    /// <summary>The line on which the row that was read last begins, from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <returns>The cells of the next row, unquoted; null at the end.</returns>
    public Result<List<string>?> Read()
    {
        Line = _endedLines + 1;
        if (input.Peek() < 0) return (List<string>?)null;
        var cells = new List<string>();
        while (true)
        {
            var cell = ReadCell(out var end);
            if (!cell.IsOk) return cell.Problem;
            cells.Add(cell.Value);
            if (end == '\n') return cells;
        }
    }

    /// <param name="end">Comma or line feed.</param>
    private Result<string> ReadCell(out int end)
    {
        _cell.Clear();
        end = input.Read();
        if (end == '"')
        {
            if (!TryQuoted()) return Cut();
            end = input.Read();
        }
        else
        {
            for (; end is not (',' or '\r' or '\n' or < 0); end = input.Read())
            {
                if (end == '"') return Refuse("has a quote within a cell that does not begin with one");
                _cell.Append((char)end);
            }
        }
        if (end == '\r') end = input.Read();
        if (end == '\n') _endedLines++;
        if (end < 0) return Cut();
        return end is ',' or '\n' ? _cell.ToString() : Refuse("has text behind a cell's closing quote, or a carriage return without a line feed");
    }

    /// <summary>Reads up to the closing quote.</summary>
    private bool TryQuoted()
    {
        while (true)
        {
            var next = input.Read();
            if (next < 0) return false;
            if (next == '\n') _endedLines++;
            if (next == '"')
            {
                if (input.Peek() != '"') return true;
                input.Read();
            }
            _cell.Append((char)next);
        }
    }

    private Problem Cut() => Refuse("has no end: the file was cut off");

    private Problem Refuse(string reason) => new(ProblemKind.Invalid, $"Line {Line} {reason}.");
}
