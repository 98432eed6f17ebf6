using Domesday.Capture.Recording;

namespace Domesday.Capture.Tests;

public sealed class TeeStreamTests
{
    [Fact]
    public async Task A_read_of_no_bytes_is_not_the_end_of_the_body()
    {
        using var tee = new BodyTee(100);
        await using var body = new TeeStream(new MemoryStream([1, 2, 3]), tee);
        var buffer = new byte[2];
        Assert.Equal(0, await body.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken));
        Assert.Equal(2, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal(0, await body.ReadAsync(buffer.AsMemory(0, 0), TestContext.Current.CancellationToken));
        Assert.False(tee.IsComplete);
        Assert.Equal(1, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal(0, await body.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.True(tee.IsComplete);
        Assert.Equal([1, 2, 3], tee.Kept.ToArray());
    }
}
