using System.IO.Pipelines;
using System.Text;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Tests.Wire;

/// <summary>Nothing that came is left lying until more comes.</summary>
public sealed class WireInputTests
{
    private const string Head = "GET / HTTP/1.1\r\n\r\n";

    private readonly Pipe _pipe = new();

    [Fact]
    public async Task A_request_that_comes_between_a_look_and_a_read_is_handed_out()
    {
        var input = new WireInput(_pipe.Reader.AsStream());
        var watching = input.WatchAsync();
        Assert.True(input.Available.IsEmpty);
        await SendAsync(Head);
        Assert.True(await watching);
        // Who looked before it came asks for more now, and must not wait for a second request.
        Assert.True(input.FillAsync().IsCompletedSuccessfully);
        Assert.Equal(Head.Length, input.Available.Length);
    }

    [Fact]
    public async Task A_request_that_comes_later_is_handed_out_by_the_read_of_who_watched()
    {
        var input = new WireInput(_pipe.Reader.AsStream());
        var watching = input.WatchAsync();
        var head = input.HeadAsync().AsTask();
        await SendAsync(Head[..10]);
        await SendAsync(Head[10..]);
        Assert.Equal(Head.Length, await head);
        Assert.True(await watching);
    }

    [Fact]
    public async Task The_end_is_noticed_by_who_watches_after_a_request_that_came_while_somebody_watched()
    {
        var input = new WireInput(_pipe.Reader.AsStream());
        var watching = input.WatchAsync();
        await SendAsync(Head);
        Assert.True(await watching);
        input.Advance(await input.HeadAsync());
        watching = input.WatchAsync();
        Assert.False(watching.IsCompleted);
        await _pipe.Writer.CompleteAsync();
        Assert.False(await watching);
        Assert.False(await input.FillAsync());
        Assert.True(input.IsAtEnd);
    }

    private async Task SendAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
}
