using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Domesday.Events;

/// <summary>Ids for those who make many: UUIDs of version 7, whose random bits are fetched in large pieces, since a system call for each would cost as much as writing the event.</summary>
public static class EventId
{
    private const int RandomBytes = 10;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _left;

    /// <remarks>Source: RFC 9562 §5.7.</remarks>
    public static Guid New(DateTimeOffset now)
    {
        _random ??= new byte[RandomBytes * 100];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(_random);
            _left = _random.Length / RandomBytes;
        }
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        _random.AsSpan(--_left * RandomBytes, RandomBytes).CopyTo(id[6..]);
        id[6] = (byte)(id[6] & 0x0F | 0x70);
        id[8] = (byte)(id[8] & 0x3F | 0x80);
        return new(id, bigEndian: true);
    }
}
