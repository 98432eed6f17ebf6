using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Proxy.Tests.Fuzz;

/// <summary>Texts that are nearly what they should be: lines of a kept corpus with a few changes. What once broke something is a line more.</summary>
internal static class Mutants
{
    /// <summary>What parsers trip over.</summary>
    private static readonly string[] Pieces =
    [
        "", "\0", "\r", "\n", "\t", " ", ":", ";", ",", "/", "//", "/../", "%", "%2F", "%00", "%ff", "?", "#", "\"", "\\", "{", "}", "[", "]", "{**x}", "null", "-1", "0", "99999999999999999999", "é", "\uD800", "\uFFFF",
        "😀", "=", ".", "..", "*", "true", "{\"a\":1}", "chunked", "Content-Length: 7\r\n", "HTTP/9.9",
    ];

    /// <param name="file">In the folder <c>corpus</c>, one text on each line; ␍, ␊ and ␋ stand for the control characters.</param>
    public static Arbitrary<string> Of(string file)
    {
        var corpus = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Fuzz", "corpus", file))
            .Select(line => line.Replace('␍', '\r').Replace('␊', '\n').Replace('␋', '\v')).ToArray();
        var change = from at in Gen.Choose(0, 10_000) from length in Gen.Choose(0, 4) from piece in Gen.Elements(Pieces) select (at, length, piece);
        var mutant = from text in Gen.Elements(corpus) from count in Gen.Choose(0, 5) from changes in Gen.ListOf(change, count) select changes.Aggregate(text, Changed);
        return mutant.ToArbitrary();
    }

    private static string Changed(string text, (int At, int Length, string Piece) change)
    {
        var at = text.Length * change.At / 10_000;
        return string.Concat(text.AsSpan(0, at), change.Piece, text.AsSpan(Math.Min(text.Length, at + change.Length)));
    }
}
