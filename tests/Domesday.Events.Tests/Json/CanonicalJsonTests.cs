using System.Text;
using System.Text.Json;
using Domesday.Events.Json;

namespace Domesday.Events.Tests.Json;

/// <summary>RFC 8785 with its own vectors.</summary>
public class CanonicalJsonTests
{
    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void The_sample_of_section_3_2_2_is_written_as_the_rfc_writes_it()
    {
        var input = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        var expected = """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""";
        Assert.Equal(expected, Canonical(input));
    }

    [Fact]
    public void Members_are_sorted_by_utf_16_units_as_in_section_3_2_3()
    {
        var input = """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""";
        using var document = JsonDocument.Parse(Canonical(input));
        Assert.Equal(["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            document.RootElement.EnumerateObject().Select(member => member.Value.GetString()));
    }

    /// <summary>RFC 8785 appendix B: the bits of a double and its text.</summary>
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Numbers_have_the_text_of_appendix_b(ulong bits, string expected)
    {
        var value = BitConverter.UInt64BitsToDouble(bits);
        Assert.Equal(expected, Canonical(value.ToString("E16", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(expected, Canonical(expected));
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("12345678901234567890")]
    [InlineData("-18446744073709551616")]
    [InlineData("3.14159265358979323846")]
    public void Numbers_with_more_digits_than_a_double_keep_them(string number) => Assert.Equal(number, Canonical(number));

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e-400")]
    [InlineData("1e999999999999")]
    public void Numbers_out_of_a_doubles_range_are_refused(string number) =>
        Assert.Contains("range", Assert.Throws<JsonException>(() => Canonical(number)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "appears twice")]
    [InlineData("""{"x":{"b":1,"a":2,"b":3}}""", "x.b appears twice")]
    [InlineData("""{"a":1,"\u0061":2}""", "appears twice")]
    [InlineData("""["\ud800"]""", "surrogate")]
    [InlineData("""["\ud800\u0041"]""", "surrogate")]
    [InlineData("""["\udc00"]""", "surrogate")]
    [InlineData("""["a\u0000b"]""", "NUL")]
    [InlineData("""{"\u0000":1}""", "NUL")]
    public void What_has_no_canonical_form_is_refused_with_the_place_and_the_reason(string json, string message) =>
        Assert.Contains(message, Assert.Throws<JsonException>(() => Canonical(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Too_deep_is_refused() =>
        Assert.Contains("deeper", Assert.Throws<JsonException>(() => Canonical(new string('[', 65) + new string(']', 65))).Message, StringComparison.Ordinal);

    [Fact]
    public void Canonical_text_is_its_own_canonical_form()
    {
        var canonical = Canonical("""{"z":[1,2.50,{"y":"\u00e9\u0001","x":{}}],"a":"\ud83d\ude00","m":[[],{}]}""");
        Assert.Equal(canonical, Canonical(canonical));
    }
}
