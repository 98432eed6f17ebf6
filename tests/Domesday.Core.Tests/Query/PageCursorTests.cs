using System.Buffers.Text;
using System.Text;
using Domesday.Core.Query;
using Domesday.Events;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Core.Tests.Query;

/// <summary>A cursor comes back from its text, and nothing else passes for one.</summary>
public class PageCursorTests
{
    [Fact]
    public void A_cursor_comes_back_from_its_text() => Prop.ForAll<long, NonNegativeInt>((time, sequence) =>
    {
        var cursor = new PageCursor(new(time), "acme", (long)sequence.Item << 20);
        return PageCursor.TryParse(cursor.ToString(), out var parsed) && parsed == cursor;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_a_cursor_or_is_not_but_never_a_crash() => Prop.ForAll<string>(text =>
    {
        _ = PageCursor.TryParse(text ?? "", out _);
        var encoded = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text ?? ""));
        return !PageCursor.TryParse(encoded, out var cursor) || PageCursor.TryParse(cursor.Value.ToString(), out var again) && again == cursor;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0 1 2 acme")]
    [InlineData("1 1 -2 acme")]
    [InlineData("1 x 2 acme")]
    [InlineData("1 1 99999999999999999999 acme")]
    [InlineData("1 1 2 acme more")]
    public void Other_forms_are_refused(string text)
    {
        Assert.False(PageCursor.TryParse(text, out _));
        Assert.False(PageCursor.TryParse(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text)), out _));
    }

    [Fact]
    public void A_cursor_fits_into_a_url_as_it_is()
    {
        var text = new PageCursor(new Timestamp(long.MinValue), new string('t', 63), long.MaxValue).ToString();
        Assert.Equal(text, Uri.EscapeDataString(text));
        Assert.True(PageCursor.TryParse(text, out _));
    }
}
