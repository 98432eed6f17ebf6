using System.Text;
using Domesday.Ingest.Syslog;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Ingest.Tests.Syslog;

/// <summary>Messages on a connection are told apart however the bytes arrive.</summary>
public class SyslogFramesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<List<SyslogFrame>> FramesAsync(string text, int piece = int.MaxValue) => FramesAsync(Encoding.UTF8.GetBytes(text), piece);

    private static async Task<List<SyslogFrame>> FramesAsync(byte[] bytes, int piece = int.MaxValue)
    {
        await using var frames = new SyslogFrames(new Pieces(bytes, piece));
        var all = new List<SyslogFrame>();
        while (await frames.ReadAsync(Cancellation) is { } frame) all.Add(frame);
        return all;
    }

    private static IEnumerable<string> Texts(IEnumerable<SyslogFrame> frames) => frames.Select(frame => Encoding.UTF8.GetString(frame.Bytes));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Both_ways_of_framing_are_understood_on_one_connection(int piece)
    {
        var frames = await FramesAsync("<13>a\n7 <13>b\nc\r\n\n6 <13>é<13>d\0\n<13>last", piece);
        Assert.Equal(["<13>a", "<13>b\nc", "<13>é", "<13>d\0", "<13>last"], Texts(frames));
        Assert.All(frames, frame => Assert.Null(frame.Fault));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task What_rsyslog_sent_is_three_messages(int piece)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Syslog", "fixtures", "rsyslog-omfwd-octet-counted.bin"), Cancellation);
        var frames = await FramesAsync(bytes, piece);
        Assert.Equal(3, frames.Count);
        Assert.All(Texts(frames), text => Assert.Matches("^<13>1 .* rs msg [123] é$", text.TrimEnd('\n')));
    }

    [Fact]
    public async Task A_gigantic_line_is_cut_and_the_next_one_is_whole()
    {
        var frames = await FramesAsync($"<13>{new string('x', 1_000_000)}\n<13>next\n", 4_000);
        Assert.Equal(2, frames.Count);
        Assert.Equal(SyslogFrames.MessageBytesMax, frames[0].Bytes.Length);
        Assert.Contains("at most", frames[0].Fault!, StringComparison.Ordinal);
        Assert.Equal(("<13>next", null), (Texts(frames).Last(), frames[1].Fault));
    }

    [Fact]
    public async Task A_gigantic_frame_is_cut_and_the_next_one_is_whole()
    {
        var frames = await FramesAsync($"1000004 <13>{new string('x', 1_000_000)}8 <13>next", 4_000);
        Assert.Equal(2, frames.Count);
        Assert.Contains("1000004 bytes", frames[0].Fault!, StringComparison.Ordinal);
        Assert.Equal(("<13>next", null), (Texts(frames).Last(), frames[1].Fault));
    }

    [Fact]
    public async Task A_frame_that_is_announced_beyond_belief_ends_the_connection()
    {
        var frames = await FramesAsync($"99999999 <13>{new string('x', 200_000)}\n<13>next\n");
        Assert.Contains("connection is closed", Assert.Single(frames).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_that_is_cut_off_says_so()
    {
        var frame = Assert.Single(await FramesAsync("100 <13>half"));
        Assert.Equal(("<13>half", "is cut off: it was to have 100 bytes"), (Encoding.UTF8.GetString(frame.Bytes), frame.Fault));
    }

    [Fact]
    public void Any_bytes_in_any_pieces_are_the_same_frames() => Prop.ForAll(Streams, Gen.Choose(1, 20).ToArbitrary(), (bytes, piece) =>
    {
        var (whole, pieces) = (FramesAsync(bytes).GetAwaiter().GetResult(), FramesAsync(bytes, piece).GetAwaiter().GetResult());
        return whole.Select(frame => Convert.ToHexString(frame.Bytes) + frame.Fault).SequenceEqual(pieces.Select(frame => Convert.ToHexString(frame.Bytes) + frame.Fault))
            && whole.Sum(frame => (long)frame.Bytes.Length) <= bytes.Length;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static Arbitrary<byte[]> Streams => Gen.ArrayOf(Gen.Elements("\n", "<13>a", "5 ", "3 ", "12", "99999999 ", "123456789", " ", "\0", "\r\n", "0 ", "x", "\u00E9"))
        .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))).ToArbitrary();

    /// <summary>A stream that gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
