using System.Text;
using Domesday.Capture.Recording;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Tests.Wire;

public sealed class BodyScannerTests
{
    private const int Seed = 20261121;

    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\nGET /", "abc", 13)]
    [InlineData("3;a=b\r\nabc\r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nrest", "abc0123456789", 45)]
    [InlineData("000\r\n\r\n", "", 7)]
    public void Chunks_end_where_they_say_however_they_are_cut(string wire, string content, int length)
    {
        var bytes = Encoding.ASCII.GetBytes(wire);
        for (var step = 1; step <= bytes.Length; step++)
        {
            using var tee = new BodyTee(1_000);
            var scanner = new BodyScanner(new(BodyKind.Chunked, 0), tee);
            var at = 0;
            while (!scanner.IsDone) at += scanner.Take(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
            Assert.Equal(length, at);
            Assert.Equal(content, Encoding.ASCII.GetString(tee.Kept.Span));
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("g\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("3\nabc")]
    [InlineData("3\r\nabcd")]
    [InlineData("3\r\nabc\n")]
    [InlineData("3;a\nb\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("0\r\n bad: trailer\r\n\r\n")]
    [InlineData("0\r\nTrailer: x\n\r\n")]
    public void Chunks_that_others_may_read_differently_are_refused(string wire) =>
        Assert.Throws<WireException>(() => new BodyScanner(new(BodyKind.Chunked, 0), null).Take(Encoding.ASCII.GetBytes(wire)));

    [Fact]
    public void What_is_made_at_random_is_read_back_and_what_is_spoiled_never_ends_elsewhere_unseen()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 2_000; round++)
        {
            var (wire, content) = Random(random);
            using var tee = new BodyTee(1 << 20);
            var scanner = new BodyScanner(new(BodyKind.Chunked, 0), tee);
            var at = 0;
            while (!scanner.IsDone) at += scanner.Take(wire.AsSpan(at, Math.Min(random.Next(1, 50), wire.Length - at)));
            Assert.Equal(wire.Length, at);
            Assert.Equal(content, tee.Kept.ToArray());
            wire[random.Next(wire.Length)] = (byte)random.Next(256);
            try
            {
                Assert.InRange(new BodyScanner(new(BodyKind.Chunked, 0), null).Take(wire), 0, wire.Length);
            }
            catch (WireException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Fact]
    public void A_body_too_long_to_be_kept_leaves_its_length_and_the_digest_of_all_of_it()
    {
        var body = new byte[100_000];
        new Random(Seed).NextBytes(body);
        using var tee = new BodyTee(1_000);
        for (var at = 0; at < body.Length; at += 700) tee.Write(body.AsSpan(at, Math.Min(700, body.Length - at)));
        Assert.Equal((100_000, false, 1_000), (tee.Length, tee.IsWhole, tee.Kept.Length));
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(body), tee.Digest());
    }

    private static (byte[] Wire, byte[] Content) Random(Random random)
    {
        var wire = new StringBuilder();
        var content = new StringBuilder();
        for (var chunks = random.Next(0, 6); chunks > 0; chunks--)
        {
            var text = new string((char)('a' + random.Next(26)), random.Next(1, 300));
            content.Append(text);
            wire.Append(random.Next(2) == 0 ? $"{text.Length:x}" : $"00{text.Length:X};x=\"y\"").Append("\r\n").Append(text).Append("\r\n");
        }
        wire.Append("0\r\n");
        if (random.Next(2) == 0) wire.Append("T: v\r\n");
        return (Encoding.ASCII.GetBytes(wire.Append("\r\n").ToString()), Encoding.ASCII.GetBytes(content.ToString()));
    }
}
