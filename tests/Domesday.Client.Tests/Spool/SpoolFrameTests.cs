using Domesday.Client.Spool;

namespace Domesday.Client.Tests.Spool;

public sealed class SpoolFrameTests
{
    /// <summary>Fixed, so that a failure comes again.</summary>
    private const int Seed = 20261121;

    [Fact]
    public void What_was_written_is_read_and_nothing_else_whatever_is_changed()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 3_000; round++)
        {
            var payload = new byte[random.Next(0, 200)];
            random.NextBytes(payload);
            var (kind, id) = ((SpoolKind)random.Next(1, 6), Guid.CreateVersion7());
            var frame = new byte[SpoolFrame.HeaderBytes + payload.Length];
            SpoolFrame.Write(frame, kind, id, payload);
            Assert.True(SpoolFrame.TryRead(frame, out var read));
            Assert.Equal((kind, id, frame.Length), (read.Kind, read.Id, read.Length));
            Assert.Equal(payload, read.Payload.ToArray());
            Assert.False(SpoolFrame.TryRead(frame.AsMemory(0, random.Next(0, frame.Length)), out _));
            frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(SpoolFrame.TryRead(frame, out _));
        }
    }

    [Fact]
    public void Noise_is_no_record_and_breaks_nothing()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 10_000; round++)
        {
            var noise = new byte[random.Next(0, 300)];
            random.NextBytes(noise);
            if (noise.Length > 4 && random.Next(2) == 0) (noise[1], noise[2], noise[3]) = (0, 0, 0);
            Assert.False(SpoolFrame.TryRead(noise, out _));
            Assert.True(SpoolFrame.ClaimedLength(noise) >= SpoolFrame.HeaderBytes);
        }
    }
}
