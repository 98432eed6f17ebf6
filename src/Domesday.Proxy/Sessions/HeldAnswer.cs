using System.Buffers;
using Domesday.Capture.Recording;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>The body of an answer that is read before it is passed on.</summary>
internal sealed class HeldAnswer : IDisposable
{
    private readonly ArrayBufferWriter<byte> _raw = new(1_024);
    private readonly BodyTee _tee = new(RequestRecording.AnswerBytesMax);

    /// <summary>As it came, chunks included; not all of it when it was too long.</summary>
    public ReadOnlyMemory<byte> Raw => _raw.WrittenMemory;

    /// <summary>Its content; empty when it was too long.</summary>
    public ReadOnlyMemory<byte> Body => _tee.IsComplete ? _tee.Kept : default;

    /// <exception cref="EndOfStreamException">The upstream breaks off.</exception>
    public static async Task<HeldAnswer> ReadAsync(WireConnection upstream, BodyFraming framing)
    {
        var held = new HeldAnswer();
        var scanner = new BodyScanner(framing, held._tee);
        while (!scanner.IsDone && held._tee.Length <= RequestRecording.AnswerBytesMax)
        {
            var available = upstream.Input.Available;
            if (available.IsEmpty)
            {
                if (await upstream.Input.FillAsync()) continue;
                throw new EndOfStreamException("An answer breaks off in the middle.");
            }
            var length = scanner.Take(available.Span);
            held._raw.Write(available.Span[..length]);
            upstream.Input.Advance(length);
        }
        held._tee.IsComplete = scanner.IsDone && held._tee.IsWhole;
        return held;
    }

    public void Dispose() => _tee.Dispose();
}
