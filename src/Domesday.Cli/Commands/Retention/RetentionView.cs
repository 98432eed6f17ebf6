using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Retention;

/// <summary>Shows a tenant's retention as a table, or as JSON; what somebody should see to goes to standard error.</summary>
internal sealed class RetentionView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void Show(ParseResult parse, RetentionInfo retention)
    {
        if (!TryWriteJson(parse, RetentionJson.Default.RetentionInfo, [retention])) ShowTable(retention);
        if (retention.Warning is { } warning) Console.Error.WriteLine(PlainText.Of(warning));
    }

    private void ShowTable(RetentionInfo retention)
    {
        var status = retention.Status;
        var table = new PeopleTable("WHAT", "VALUE");
        table.Add("tenant", PlainText.Of(retention.Tenant));
        table.Add("kept for", retention.Days is { } days ? $"{PlainText.Of(days)} days{(retention.Preset is { } preset ? $" ({PlainText.Of(preset)})" : "")}" : "ever");
        table.Add("kept", $"{PlainText.Of(status.Events)} events, {PlainText.Of(status.Bytes)} bytes");
        table.Add("at most", retention.BytesMax is { } most ? $"{PlainText.Of(most)} bytes, {Percent(status.CapShare)} taken" : "no cap");
        if (status.Oldest is { } oldest) table.Add("oldest", $"sequence {PlainText.Of(oldest.Sequence)}, {PlainText.Of(oldest.Time)}");
        table.Add("due", $"{PlainText.Of(status.Due.Events)} events, {PlainText.Of(status.Due.Bytes)} bytes");
        if (status.HeldFrom is { } heldFrom) table.Add("held", $"from sequence {PlainText.Of(heldFrom)} on; {PlainText.Of(status.Held?.Events ?? 0)} events, {PlainText.Of(status.Held?.Bytes ?? 0)} bytes would be due without holds");
        table.Add("dropped so far", $"{PlainText.Of(status.DroppedEvents)} events");
        if (status.LastSweep is { } last) table.Add("last sweep", $"{PlainText.Of(last.At)}, {PlainText.Of(last.DroppedEvents)} events, {PlainText.Of(last.DroppedBytes)} bytes{(last.Problem is { } problem ? $": {PlainText.Of(problem)}" : "")}");
        if (status.LastDrop is { } drop) table.Add("last dropped", $"{PlainText.Of(drop.At)}, {PlainText.Of(drop.DroppedEvents)} events, {PlainText.Of(drop.DroppedBytes)} bytes");
        if (status.BytesPerDay is { } rate) table.Add("grows by", $"{PlainText.Of(rate)} bytes a day");
        if (status.CapFullAt is { } capFull) table.Add("cap reached", PlainText.Of(capFull));
        if (status.Disk is { } disk) table.Add("disk", $"{PlainText.Of(disk.FreeBytes)} bytes free{(disk.FullAt is { } full ? $", full {PlainText.Of(full)}" : "")}");
        table.Write(Console);
    }

    private static string Percent(double? share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((share ?? 0) * 100)} %");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RetentionInfo))]
internal sealed partial class RetentionJson : JsonSerializerContext;
