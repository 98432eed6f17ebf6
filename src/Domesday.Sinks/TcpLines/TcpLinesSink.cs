using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events.Schema;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.TcpLines;

/// <summary>JSON lines, or GELF 1.1 with a zero byte behind each message. There is no answer: an event counts when the receiver's machine has it.</summary>
internal sealed class TcpLinesSink(TcpLinesOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 2_000;
    private const int BytesMax = 1024 * 1024;
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly StreamConnection _connection = new(options.Address, context.Time);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax - 1) { OverheadBytes = 1 };

    public RecordWriter Write => options.IsGelf ? WriteGelf : context.Format;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        foreach (var one in events)
        {
            bytes.Write(one.Payload.Span);
            bytes.WriteByte(options.IsGelf ? (byte)0 : (byte)'\n');
        }
        await _connection.SendAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellation);
        TcpLinesLog.Sent(context.Logger, context.Id, events.Count, bytes.Length);
        return Delivery.Accepted("sent; the receiver does not answer");
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Source: Graylog, «GELF Payload Specification» 1.1. Additional fields begin with an underscore and must not be called <c>_id</c>.</summary>
    private void WriteGelf(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("version"u8, "1.1");
        json.Member("host"u8, options.Host);
        json.Member("short_message"u8, EventSentence.Of(entry));
        var whole = new RecordJson();
        context.Format(entry, whole);
        json.Member("full_message"u8, System.Text.Encoding.UTF8.GetString(whole.Written));
        var time = entry.Time.Microseconds;
        json.Name("timestamp"u8);
        json.Raw(System.Text.Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time / MicrosecondsPerSecond}.{time % MicrosecondsPerSecond:D6}")));
        json.Name("level"u8);
        json.Number(EventSeverity.Of(entry));
        json.Name("_sequence"u8);
        json.Number(entry.Sequence);
        json.Optional("_event_id"u8, entry.Raw(EventField.Id));
        json.Optional("_tenant"u8, entry.Raw(EventField.Tenant));
        json.Optional("_service"u8, entry.Raw(EventField.Service));
        json.Optional("_action"u8, entry.Raw(EventField.Action));
        json.Optional("_actor_id"u8, entry.Raw(EventField.ActorId));
        json.Optional("_actor_name"u8, entry.Raw(EventField.ActorName));
        json.Optional("_resource_type"u8, entry.Raw(EventField.ResourceType));
        json.Optional("_resource_id"u8, entry.Raw(EventField.ResourceId));
        json.Optional("_resource_name"u8, entry.Raw(EventField.ResourceName));
        json.Optional("_result"u8, entry.Raw(EventField.OutcomeResult));
        json.Optional("_source_ip"u8, entry.Raw(EventField.SourceIp));
        json.CloseObject();
    }
}
