using System.Buffers;

namespace Domesday.Cli.Commands.Send;

/// <summary>Events that travel in one request, and where each of them stands in the file.</summary>
/// <param name="number">Of the batch, from 0.</param>
/// <param name="firstLine">What begins on an earlier line is passed over.</param>
/// <param name="isExport">Lines are those of an export: see <see cref="ExportedEvent"/>.</param>
internal sealed class SendBatch(long number, long firstLine, bool isExport = false)
{
    /// <summary>Well below what a service takes in one request.</summary>
    public const int BytesMax = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _body = new(64 * 1024);
    private readonly List<long> _lines = [];
    private readonly ArrayBufferWriter<byte> _event = new();

    public long Number => number;

    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    public int Count => _lines.Count;

    public bool IsLarge => _body.WrittenCount >= BytesMax;

    /// <param name="line">In the file, from 1.</param>
    public void Add(long line, ReadOnlySpan<byte> json)
    {
        if (line < firstLine) return;
        if (isExport)
        {
            _event.ResetWrittenCount();
            if (!ExportedEvent.TryWrite(json, _event)) return;
            json = _event.WrittenSpan;
        }
        var place = _body.GetSpan(json.Length + 1);
        json.CopyTo(place);
        // A line end within JSON is white space, and in NDJSON the end of the event.
        var inner = place[..json.Length];
        inner.Replace((byte)'\n', (byte)' ');
        inner.Replace((byte)'\r', (byte)' ');
        place[json.Length] = (byte)'\n';
        _body.Advance(json.Length + 1);
        _lines.Add(line);
    }

    /// <summary>Where an event of the batch begins in the file.</summary>
    public long LineOf(int index) => _lines[Math.Clamp(index, 0, _lines.Count - 1)];
}
