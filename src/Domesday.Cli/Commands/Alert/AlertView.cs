using System.CommandLine;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Alert;

/// <summary>Shows rules as a table or as JSON.</summary>
internal sealed class AlertView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void ShowAll(ParseResult parse, IReadOnlyList<AlertInfo> alerts)
    {
        if (TryWriteJson(parse, AlertViewJson.Default.AlertInfo, alerts)) return;
        var table = new PeopleTable("ID", "NAME", "SEVERITY", "STATE", "WHEN", "#FIRED", "LAST");
        foreach (var alert in alerts) table.Add(alert.Id, alert.Name, alert.Severity, StateOf(alert), WhenOf(alert.Condition, alert.Count, alert.WindowSeconds), PlainText.Of(alert.Fired), PlainText.Of(alert.LastFiredAt));
        table.Write(Console);
    }

    public void ShowStock(ParseResult parse, IReadOnlyList<StockAlertInfo> rules)
    {
        if (TryWriteJson(parse, AlertViewJson.Default.StockAlertInfo, rules)) return;
        var table = new PeopleTable("NAME", "TITLE", "SEVERITY", "WHEN", "FILTER");
        foreach (var rule in rules) table.Add(rule.Name, rule.Title, rule.Severity, WhenOf(rule.Condition, rule.Count, rule.WindowSeconds), rule.Filter);
        table.Write(Console);
    }

    public void Show(ParseResult parse, AlertInfo alert)
    {
        if (TryWriteJson(parse, AlertViewJson.Default.AlertInfo, [alert])) return;
        var table = new PeopleTable("", "");
        table.Add("id", alert.Id);
        table.Add("name", alert.Name);
        table.Add("state", StateOf(alert));
        table.Add("severity", alert.Severity);
        table.Add("filter", alert.Filter ?? "all events");
        table.Add("when", WhenOf(alert.Condition, alert.Count, alert.WindowSeconds));
        if (alert.GroupBy.Count > 0) table.Add("group by", string.Join(',', alert.GroupBy));
        table.Add("cool-down", $"{PlainText.Of(alert.CooldownSeconds)} s");
        table.Add("channels", alert.Channels.Count == 0 ? "none" : string.Join(',', alert.Channels));
        table.Add("fired", PlainText.Of(alert.Fired));
        if (alert.LastFiredAt is { } last) table.Add("last fired", PlainText.Of(last));
        table.Write(Console);
    }

    private string StateOf(AlertInfo alert) => alert.Disabled ? "disabled" : alert.MutedUntil is { } until && until.ToDateTimeOffset() > Console.Time.GetUtcNow() ? $"muted until {until}" : "on";

    private static string WhenOf(string condition, int count, int seconds) => condition switch
    {
        "count" => $"{PlainText.Of(count)} within {PlainText.Of(seconds)} s",
        "absence" => $"nothing for {PlainText.Of(seconds)} s",
        "first_seen" => "seen for the first time",
        _ => condition,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AlertInfo))]
[JsonSerializable(typeof(StockAlertInfo))]
internal sealed partial class AlertViewJson : JsonSerializerContext;
