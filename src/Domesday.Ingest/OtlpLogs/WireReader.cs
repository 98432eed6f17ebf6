using System.Buffers.Binary;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>The fields of one protobuf message, one after the other, without copying. Anything that is no such message ends it with <see cref="IsDamaged"/>.</summary>
/// <remarks>Source: protobuf.dev, «Encoding»: tag = field number × 8 + wire type; varints have 10 bytes at most. Groups, which no OTLP message has, count as damage.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int FieldNumberMax = (1 << 29) - 1;
    private const int VarintBitsMax = 64;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    public bool IsDamaged { get; private set; }

    /// <summary>Number of the field that was read.</summary>
    public int Field { get; private set; }

    public WireType Type { get; private set; }

    /// <summary>Of a varint or a number of fixed size; the bits as they are.</summary>
    public ulong Number { get; private set; }

    /// <summary>Of a text, bytes or a message within this one.</summary>
    public Range Bytes { get; private set; }

    /// <returns>False at the end, and when the rest is no message.</returns>
    public bool Read()
    {
        if (IsDamaged || _at == _message.Length) return false;
        if (!TryVarint(out var tag) || tag >> 3 is 0 or > FieldNumberMax) return Damaged();
        (Field, Type) = ((int)(tag >> 3), (WireType)(tag & 7));
        switch (Type)
        {
            case WireType.Varint:
                if (!TryVarint(out var number)) return Damaged();
                Number = number;
                return true;
            case WireType.Fixed64:
                if (_message.Length - _at < sizeof(ulong)) return Damaged();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_message[_at..]);
                _at += sizeof(ulong);
                return true;
            case WireType.Fixed32:
                if (_message.Length - _at < sizeof(uint)) return Damaged();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_message[_at..]);
                _at += sizeof(uint);
                return true;
            case WireType.Bytes:
                if (!TryVarint(out var length) || length > (ulong)(_message.Length - _at)) return Damaged();
                Bytes = new(_at, _at + (int)length);
                _at += (int)length;
                return true;
            default:
                return Damaged();
        }
    }

    private bool Damaged()
    {
        IsDamaged = true;
        return false;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < VarintBitsMax && _at < _message.Length; shift += 7)
        {
            var next = _message[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }
        return false;
    }
}

/// <summary>How a field's value is written; the numbers are protobuf's.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
