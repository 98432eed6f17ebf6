using System.Globalization;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Core.Sealing;

namespace Domesday.Sinks.LocalFile;

/// <summary>Lines in a file that is put aside when it is large enough; each batch is on disk before it counts.</summary>
internal sealed class LocalFileSink(LocalFileOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 5_000;
    private const int BytesMax = 4 * 1024 * 1024;

    private readonly string _path = Path.Combine(context.Environment.FilesFolder, context.Tenant, options.Name);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax) { OverheadBytes = 1 };

    public RecordWriter Write => context.Format;

    public ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        DurableFile.MakeFolderOf(_path);
        Rotate();
        var isCut = EndsWithinLine();
        using var file = DurableFile.OpenToAppend(_path);
        if (isCut) file.WriteByte((byte)'\n');
        foreach (var one in events)
        {
            file.Write(one.Payload.Span);
            file.WriteByte((byte)'\n');
        }
        file.Flush();
        DurableFile.Sync(file.SafeFileHandle);
        return ValueTask.FromResult(Delivery.Accepted("written"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>events.ndjson becomes events.ndjson.1, that becomes .2, and so on; the last one goes.</summary>
    private void Rotate()
    {
        var file = new FileInfo(_path);
        if (!file.Exists || file.Length < options.BytesMax) return;
        File.Delete(Aside(options.FilesMax));
        for (var number = options.FilesMax - 1; number >= 1; number--)
        {
            if (File.Exists(Aside(number))) File.Move(Aside(number), Aside(number + 1));
        }
        File.Move(_path, Aside(1));
        LocalFileLog.PutAside(context.Logger, context.Id, file.Length);
    }

    /// <summary>A crash within a write leaves a part of a line; it ends there, and its event is written again.</summary>
    private bool EndsWithinLine()
    {
        if (!File.Exists(_path)) return false;
        using var file = File.OpenRead(_path);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private string Aside(int number) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{number}");
}
