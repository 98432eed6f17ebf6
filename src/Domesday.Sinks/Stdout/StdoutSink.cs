using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;

namespace Domesday.Sinks.Stdout;

/// <summary>Lines on standard output, for machines where a collector reads them there.</summary>
internal sealed class StdoutSink(StdoutOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 500;
    private const int BytesMax = 1024 * 1024;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(options.Prefix);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax);

    public RecordWriter Write => context.Format;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        using var lines = new MemoryStream();
        foreach (var one in events)
        {
            lines.Write(_prefix);
            lines.Write(one.Payload.Span);
            lines.WriteByte((byte)'\n');
        }
        var output = context.Environment.Output;
        // In one piece: lines of several sinks and of the log must not run into each other.
        await output.WriteAsync(lines.ToArray(), cancellation);
        await output.FlushAsync(cancellation);
        StdoutLog.Written(context.Logger, context.Id, events.Count);
        return Delivery.Accepted("written");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
