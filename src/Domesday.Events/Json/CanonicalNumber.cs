using System.Globalization;
using System.Text;

namespace Domesday.Events.Json;

/// <summary>Numbers in the form of RFC 8785 §3.2.2.3, without a round trip through a double where that would change their value.</summary>
/// <remarks>
/// RFC 8785 presupposes I-JSON (RFC 7493 §2.2), whose numbers a double carries. For those the output is the RFC's, byte for byte.
/// Whole numbers beyond 2^53 and numbers with more than 17 significant digits lie outside of it: they keep their digits, laid out by the
/// same rules. What exceeds a double's range is refused. See docs/adr/0003-canonical-numbers.md.
/// </remarks>
internal static class CanonicalNumber
{
    private const int DoubleDigits = 17;

    /// <param name="token">A number by the grammar of RFC 8259 §6.</param>
    /// <returns>Null, or why it is refused.</returns>
    public static string? Write(ReadOnlySpan<byte> token, ByteBuffer output)
    {
        if (IsPlainInteger(token))
        {
            output.Append(token);
            return null;
        }
        var text = Encoding.ASCII.GetString(token);
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        var whole = !token.ContainsAny((byte)'.', (byte)'e', (byte)'E');
        if (!TryDigits(text, out var digits, out var exponent))
        {
            output.Append((byte)'0');
            return null;
        }
        if (!double.IsFinite(value) || value == 0) return "is a number beyond the range of an IEEE 754 double: send it as text";
        if (!whole && digits.Length <= DoubleDigits)
        {
            TryDigits(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture), out digits, out exponent);
        }
        Layout(text[0] == '-', digits, exponent, output);
        return null;
    }

    /// <summary>Up to 15 digits, no leading zero, not «-0»: already canonical, and exact in a double.</summary>
    private static bool IsPlainInteger(ReadOnlySpan<byte> token)
    {
        var digits = token[0] == '-' ? token[1..] : token;
        return digits.Length <= 15 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits[0] != '0' || token.Length == 1);
    }

    /// <summary>Splits into digits without zeros at either end, and n with value = 0.digits × 10^n.</summary>
    private static bool TryDigits(string text, out string digits, out int exponent)
    {
        var mark = text.IndexOfAny(['e', 'E']);
        var mantissa = text.AsSpan(text[0] == '-' ? 1 : 0);
        if (mark >= 0) mantissa = text.AsSpan(0, mark)[(text[0] == '-' ? 1 : 0)..];
        var point = mantissa.IndexOf('.');
        var all = point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..]);
        var leading = all.Length - all.AsSpan().TrimStart('0').Length;
        digits = all.Trim('0');
        exponent = 0;
        if (digits.Length == 0) return false;
        var written = mark < 0 ? 0 : int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) ? parsed : 1_000_000;
        exponent = (point < 0 ? all.Length : point) - leading + written;
        return true;
    }

    /// <summary>ECMA-262 §6.1.6.1.20, Number::toString.</summary>
    private static void Layout(bool negative, string digits, int n, ByteBuffer output)
    {
        var text = n switch
        {
            _ when n >= digits.Length && n <= 21 => digits.PadRight(n, '0'),
            > 0 and <= 21 => $"{digits.AsSpan(0, n)}.{digits.AsSpan(n)}",
            > -6 and <= 0 => $"0.{new string('0', -n)}{digits}",
            _ => string.Create(CultureInfo.InvariantCulture,
                $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits.AsSpan(1)}e{(n - 1 < 0 ? '-' : '+')}{Math.Abs(n - 1)}"),
        };
        if (negative) output.Append((byte)'-');
        output.Append(Encoding.ASCII.GetBytes(text));
    }
}
