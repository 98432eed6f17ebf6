using Domesday.Capture.Recording;

namespace Domesday.Proxy.Wire;

/// <summary>Follows a body as it goes by, to find its end: the bytes themselves are passed on as they came, chunks and trailers included.</summary>
/// <remarks>Source of the chunked form: RFC 9112 §7.1. Not for several threads at once.</remarks>
internal sealed class BodyScanner
{
    private const int LineBytesMax = 4 * 1024;
    private const int TrailerBytesMax = 64 * 1024;

    private readonly BodyKind _kind;
    private readonly BodyTee? _tee;
    private State _state;
    private long _left;
    private int _digits, _line, _trailers;

    public BodyScanner(BodyFraming framing, BodyTee? tee)
    {
        (_kind, _left, _tee) = (framing.Kind, framing.Length, tee);
        IsDone = framing.Kind == BodyKind.None;
    }

    private enum State
    {
        SizeStart,
        Size,
        Extension,
        SizeEnd,
        Data,
        DataCarriage,
        DataEnd,
        LineStart,
        Trailer,
        TrailerEnd,
        LastEnd,
    }

    public bool IsDone { get; private set; }

    /// <summary>Whether the end of the connection is the body's end.</summary>
    public bool EndsWithConnection => _kind == BodyKind.UntilClose;

    /// <summary>Takes what came.</summary>
    /// <returns>How many of the bytes belong to the body; all of them unless it is done.</returns>
    /// <exception cref="WireException">It is no chunked body.</exception>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        switch (_kind)
        {
            case BodyKind.None:
                return 0;
            case BodyKind.Length:
                var length = (int)Math.Min(bytes.Length, _left);
                _left -= length;
                _tee?.Write(bytes[..length]);
                IsDone = _left == 0;
                return length;
            case BodyKind.UntilClose:
                _tee?.Write(bytes);
                return bytes.Length;
            default:
                return Chunks(bytes);
        }
    }

    private int Chunks(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && !IsDone)
        {
            if (_state == State.Data)
            {
                var length = (int)Math.Min(bytes.Length - at, _left);
                _tee?.Write(bytes.Slice(at, length));
                _left -= length;
                at += length;
                if (_left == 0) _state = State.DataCarriage;
                continue;
            }
            Step(bytes[at++]);
        }
        return at;
    }

    private void Step(byte next)
    {
        _state = _state switch
        {
            State.SizeStart when HexOf(next) >= 0 => FirstDigit(next),
            State.Size when HexOf(next) >= 0 => NextDigit(next),
            State.Size or State.Extension when next == '\r' => State.SizeEnd,
            State.Size when next is (byte)';' or (byte)' ' or (byte)'\t' => State.Extension,
            State.Extension when IsText(next) => Counted(State.Extension),
            State.SizeEnd when next == '\n' => _left == 0 ? State.LineStart : State.Data,
            State.DataCarriage when next == '\r' => State.DataEnd,
            State.DataEnd when next == '\n' => State.SizeStart,
            State.LineStart when next == '\r' => State.LastEnd,
            State.LineStart or State.Trailer when IsText(next) && (_state == State.Trailer || next is not ((byte)' ' or (byte)'\t')) => Trailing(),
            State.Trailer when next == '\r' => State.TrailerEnd,
            State.TrailerEnd when next == '\n' => State.LineStart,
            State.LastEnd when next == '\n' => End(),
            _ => throw new WireException(400, "The chunks of a body are not well formed."),
        };
    }

    private State FirstDigit(byte digit)
    {
        (_left, _digits, _line) = (HexOf(digit), 1, 0);
        return State.Size;
    }

    private State NextDigit(byte digit)
    {
        if (++_digits > 15) throw new WireException(400, "A chunk's size is too large.");
        _left = _left * 16 + HexOf(digit);
        return State.Size;
    }

    private State Counted(State state)
    {
        if (++_line > LineBytesMax) throw new WireException(400, "A chunk's extension is too long.");
        return state;
    }

    private State Trailing()
    {
        if (++_trailers > TrailerBytesMax) throw new WireException(431, "The trailers are too long.");
        return State.Trailer;
    }

    private State End()
    {
        IsDone = true;
        return State.LastEnd;
    }

    private static bool IsText(byte next) => next is >= 0x20 and not 0x7F or (byte)'\t';

    private static int HexOf(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
