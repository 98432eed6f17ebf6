using System.Buffers;

namespace Domesday.Cli.Commands.Demo;

/// <summary>Events in a rented array, an event on each line.</summary>
/// <param name="eventsMax">More are not put in.</param>
internal sealed class DemoBatch(int eventsMax) : IDisposable
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(eventsMax * DemoMonth.EventBytesMax);
    private int _length;

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Body => _bytes.AsMemory(0, _length);

    public Span<byte> Free => _bytes.AsSpan(_length);

    /// <summary>Takes in an event that was written into <see cref="Free"/>.</summary>
    public void Add(int length)
    {
        _length += length;
        Count++;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
}
