using Domesday.Ui.Elements;
using Domesday.Ui.Layout;

namespace Domesday.Ui.Tests;

/// <summary>Values that come from events, and addresses.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\u202Eb", "a⟨U+202E⟩b")]
    [InlineData("a\u200Bb", "a⟨U+200B⟩b")]
    [InlineData("a\0b\n", "a⟨U+0000⟩b⟨U+000A⟩")]
    [InlineData("日本語 ñ", "日本語 ñ")]
    public void What_does_not_show_is_shown_as_its_code_point(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Fact]
    public void Lines_stay_lines_where_there_may_be_several() => Assert.Equal("a\n\tb⟨U+0007⟩", VisibleText.Of("a\n\tb\a", lines: true));

    [Fact]
    public void A_long_text_is_cut_between_characters_and_never_within_one()
    {
        Assert.Equal("abc", VisibleText.Cut("abc", 3));
        Assert.Equal("ab…", VisibleText.Cut("abcd", 3));
        Assert.Equal("a…", VisibleText.Cut("a😀bc", 3));
    }

    [Fact]
    public async Task Markup_in_a_value_is_text()
    {
        var page = await Rendered.PartAsync<Value>(("Text", "<script>alert(1)</script>"));
        Assert.Empty(page.QuerySelectorAll("script"));
        Assert.Equal("<script>alert(1)</script>", page.QuerySelector("bdi")!.TextContent);
    }

    [Fact]
    public void An_address_keeps_commas_and_backslashes_of_values()
    {
        var state = UrlState.Empty.Plus("actor_name", @"a,b\c").Plus("actor_name", "d").With("q", "x,y");
        var again = UrlState.Of(state.ToString());
        Assert.Equal([@"a,b\c", "d"], again.All("actor_name"));
        Assert.Equal("x,y", again["q"]);
        Assert.Equal(state.ToString(), again.ToString());
    }

    [Fact]
    public void A_list_with_commas_is_several_values()
    {
        var state = UrlState.Of("action=create,delete&exclude_service=a,b");
        Assert.Equal(["create", "delete"], state.All("action"));
        Assert.Equal("action=create&exclude_service=a&exclude_service=b", state.Minus("action", "delete").ToString());
    }
}
