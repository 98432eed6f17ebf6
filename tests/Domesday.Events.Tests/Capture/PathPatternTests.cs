using System.Text.RegularExpressions;
using Domesday.Events.Capture;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Events.Tests.Capture;

/// <summary>Patterns match what a regular expression of the same meaning matches.</summary>
public class PathPatternTests
{
    [Theory]
    [InlineData("/secrets/*/update", "/secrets/x1/update", true)]
    [InlineData("/secrets/*/update", "/v1.41/secrets/x1/update", true)]
    [InlineData("/secrets/*/update", "/secrets/x1/y/update", false)]
    [InlineData("/secrets/**", "/secrets", true)]
    [InlineData("/**/log", "/a/b/log", true)]
    [InlineData("/**/log", "/log", true)]
    [InlineData("/api/*/pods", "/api/v1/pods", true)]
    [InlineData("/containers/web-*/json", "/containers/web-1/json", true)]
    [InlineData("/v1.41/secrets", "/v1.40/secrets", false)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    [InlineData("/a b", "/a%20b", true)]
    public void A_pattern_means_what_the_documentation_says(string pattern, string path, bool matches) =>
        Assert.Equal(matches, PathPattern.Parse(pattern).Matches(RequestPath.Parse(path)));

    [Theory]
    [InlineData("secrets")]
    [InlineData("")]
    [InlineData("/a/../b")]
    [InlineData("/a**")]
    [InlineData("/a?b")]
    [InlineData("/a%20b")]
    [InlineData("/**/**/**/**/**")]
    public void What_is_no_pattern_is_refused_with_a_reason(string text)
    {
        Assert.False(PathPattern.TryParse(text, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Matching_agrees_with_a_regular_expression() =>
        Prop.ForAll(Gen.Elements("a", "b", "*", "**", "a*", "*b*", "ab").NonEmptyListOf().ToArbitrary(), Gen.Elements("a", "b", "ab", "ba", "aab").ListOf().ToArbitrary(), (pattern, path) =>
        {
            var text = "/" + string.Join('/', pattern);
            if (!PathPattern.TryParse(text, out var parsed, out _)) return true;
            return parsed.Matches(RequestPath.Parse("/" + string.Join('/', path))) == Expression(pattern).IsMatch(string.Concat(path.Select(segment => "/" + segment)));
        }).QuickCheckThrowOnFailure();

    private static Regex Expression(IEnumerable<string> pattern) => new("^" + string.Concat(pattern.Select(segment => segment == "**"
        ? "(/[^/]+)*"
        : "/" + Regex.Escape(segment).Replace("\\*", "[^/]*", StringComparison.Ordinal))) + "$");
}
