using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Sink;

/// <summary>Shows sinks as a table or as JSON; what somebody should see to goes to standard error.</summary>
internal sealed class SinkView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void ShowAll(ParseResult parse, IReadOnlyList<SinkInfo> sinks)
    {
        if (TryWriteJson(parse, SinkViewJson.Default.SinkInfo, sinks)) return;
        var table = new PeopleTable("ID", "NAME", "TYPE", "STATE", "#ACCEPTED", "#REJECTED", "#LAG", "#SECONDS", "LAST ERROR");
        foreach (var sink in sinks)
        {
            table.Add(sink.Id, sink.Name, sink.Type, sink.State, PlainText.Of(sink.Accepted), PlainText.Of(sink.Rejected), PlainText.Of(sink.LagEvents), Seconds(sink.LagSeconds), sink.LastError);
        }
        table.Write(Console);
    }

    public void Show(ParseResult parse, SinkInfo sink)
    {
        if (!TryWriteJson(parse, SinkViewJson.Default.SinkInfo, [sink])) ShowTable(sink);
        if (sink.Warning is { } warning) Console.Error.WriteLine(PlainText.Of(warning));
    }

    private void ShowTable(SinkInfo sink)
    {
        var table = new PeopleTable("WHAT", "VALUE");
        table.Add("id", sink.Id);
        table.Add("name", sink.Name);
        table.Add("type", sink.Type);
        table.Add("state", sink.State);
        foreach (var (name, value) in sink.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal)) table.Add(name, value);
        if (sink.Filter is { } filter) table.Add("filter", filter);
        if (sink.Fields is { } fields) table.Add("fields", string.Join(',', fields));
        if (sink.Format is { } format) table.Add("format", format);
        if (sink.Channel) table.Add("channel", "for alerts alone");
        if (sink.KeptBy is { } keeper) table.Add("kept by", keeper);
        table.Add("sent", PlainText.Of(sink.Sent));
        table.Add("accepted", PlainText.Of(sink.Accepted));
        table.Add("rejected", $"{PlainText.Of(sink.Rejected)}, {PlainText.Of(sink.RejectedKept)} kept");
        table.Add("retried", PlainText.Of(sink.Retried));
        if (sink.Missed > 0) table.Add("missed", PlainText.Of(sink.Missed));
        table.Add("lag", $"{PlainText.Of(sink.LagEvents)} events, {Seconds(sink.LagSeconds)} s");
        if (sink.OldestUnsent is { } oldest) table.Add("oldest unsent", $"sequence {PlainText.Of(oldest.Sequence)}, {PlainText.Of(oldest.ReceivedAt)}");
        if (sink.LastAcceptedAt is { } last) table.Add("last accepted", PlainText.Of(last));
        if (sink.LastError is { } error) table.Add("last error", $"{PlainText.Of(sink.LastErrorAt)} {error}");
        table.Write(Console);
    }

    private static string Seconds(double seconds) => seconds.ToString("N0", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SinkInfo))]
[JsonSerializable(typeof(SinkTest))]
[JsonSerializable(typeof(SinkReplayAnswer))]
[JsonSerializable(typeof(RefusedEvent))]
internal sealed partial class SinkViewJson : JsonSerializerContext;
