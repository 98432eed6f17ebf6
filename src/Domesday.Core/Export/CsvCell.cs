using System.Buffers;
using System.Globalization;
using System.Text;

namespace Domesday.Core.Export;

/// <summary>One cell: quoted where RFC 4180 asks for it, and defused where a spreadsheet would run it as a formula.</summary>
/// <remarks>
/// A cell is a formula to some spreadsheet when it begins with <c>= + - @</c> or one of their wide and small forms, also behind white space
/// and characters that do not show, or when it begins with a tab or a line end. Such a cell, and any that begins with an apostrophe, gets an
/// apostrophe in front. So an apostrophe in front was always put there, and taking it away gives the cell back exactly.
/// Source of the list: OWASP, «CSV Injection».
/// </remarks>
public static class CsvCell
{
    private const byte Mark = (byte)'\'';

    private static readonly SearchValues<byte> Quoted = SearchValues.Create("\",\r\n"u8);

    /// <param name="text">UTF-8, not empty.</param>
    public static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var quoted = text.ContainsAny(Quoted) || text[0] <= ' ' || text[^1] <= ' ';
        if (quoted) output.Write("\""u8);
        if (NeedsMark(text)) output.Write([Mark]);
        if (quoted)
        {
            WriteDoubled(text, output);
            output.Write("\""u8);
        }
        else
        {
            output.Write(text);
        }
    }

    /// <summary>The text that a cell, already without its quotes, was written for.</summary>
    public static string Restore(string cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.StartsWith('\'') ? cell[1..] : cell;
    }

    private static void WriteDoubled(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (text.IndexOf((byte)'"') is var quote && quote >= 0)
        {
            output.Write(text[..(quote + 1)]);
            output.Write("\""u8);
            text = text[(quote + 1)..];
        }
        output.Write(text);
    }

    private static bool NeedsMark(ReadOnlySpan<byte> text)
    {
        // Nearly all cells.
        if (char.IsAsciiLetterOrDigit((char)text[0])) return false;
        if (text[0] is Mark or (byte)'\t' or (byte)'\r' or (byte)'\n') return true;
        while (Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done)
        {
            if (IsFormulaSign(rune.Value)) return true;
            if (!IsUnseen(rune)) return false;
            text = text[length..];
        }
        return false;
    }

    private static bool IsFormulaSign(int rune) => rune is '=' or '+' or '-' or '@'
        or 0xFF1D or 0xFF0B or 0xFF0D or 0xFF20
        or 0xFE66 or 0xFE62 or 0xFE63 or 0xFE6B
        or 0x2212 or 0x207A or 0x207B or 0x207C;

    private static bool IsUnseen(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
