using System.Buffers;
using System.Globalization;
using System.Text;
using Domesday.Core.Export;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Core.Tests.Export;

/// <summary>No cell is a formula to a spreadsheet, and every cell comes back as it was.</summary>
public class CsvCellTests
{
    private static string Written(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        CsvCell.Write(Encoding.UTF8.GetBytes(text), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string Unquoted(string cell) => cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;

    private static Gen<string> Texts { get; } = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>(),
        Gen.Elements("=1+1", "'=1", "''", "+", "-5", "@x", "\t=x", "\r\n=x", " =x", "\u00A0=x", "\u200B=x", "＝x", "＋", "－1", "＠", "\"", "\"\"", "a,b", "a\nb", " x ", "x", "\u2212", "1-1", "a=b", ",", "\r", "\n", "=\"x\"", "'", "\"'="),
        Gen.ArrayOf(Gen.Elements('=', '+', '-', '@', '\t', '\r', '\n', ' ', '\'', '"', ',', 'a', '1', '＝', '\u200B', 'é')).Select(units => new string(units)));

    private static Arbitrary<string> Cells { get; } = Texts.Where(text => !string.IsNullOrEmpty(text) && IsText(text)).ToArbitrary();

    private static bool IsText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    [Fact]
    public void Every_text_comes_back_as_it_was() => Prop.ForAll(Cells, text => CsvCell.Restore(Unquoted(Written(text))) == text)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void No_cell_begins_with_what_a_spreadsheet_runs() => Prop.ForAll(Cells, text => !IsFormula(Unquoted(Written(text))))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void A_row_of_any_texts_is_read_back_cell_by_cell() => Prop.ForAll(Gen.NonEmptyListOf(Cells.Generator).ToArbitrary(), texts =>
    {
        var row = new CsvRowReader(new StringReader(string.Join(',', texts.Select(Written)) + "\r\n"));
        return row.Read().Value!.Select(CsvCell.Restore).SequenceEqual(texts) && row.Read().Value is null;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-5", "'-5")]
    [InlineData("'quoted'", "''quoted'")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a=b", "a=b")]
    public void Cells_look_like_this(string text, string cell) => Assert.Equal(cell, Written(text));

    /// <summary>Told by a way of its own: what is left when everything invisible is gone, and wide forms are narrow, begins with a sign.</summary>
    private static bool IsFormula(string cell)
    {
        if (cell[0] is '\t' or '\r' or '\n') return true;
        var seen = string.Concat(cell.Normalize(NormalizationForm.FormKC).Where(unit => !char.IsWhiteSpace(unit) && !char.IsControl(unit) && char.GetUnicodeCategory(unit) != UnicodeCategory.Format));
        return seen.Length > 0 && seen[0] is '=' or '+' or '-' or '@';
    }
}
