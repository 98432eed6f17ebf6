using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Alert;

/// <summary>Shows rules as a table or as JSON.</summary>
internal sealed class AlertView
{
    private readonly Option<bool> _json = new("--json") { Description = "As JSON, one object on a line." };
    private readonly CliConsole _console;

    public AlertView(CliConsole console, Command command)
    {
        _console = console;
        command.Options.Add(_json);
        Connection = new ConnectionOptions(console).AddTo(command);
    }

    public ConnectionOptions Connection { get; }

    public bool IsJson(ParseResult parse) => parse.GetValue(_json);

    public void ShowAll(ParseResult parse, IReadOnlyList<AlertInfo> alerts)
    {
        if (IsJson(parse))
        {
            foreach (var alert in alerts) _console.Out.WriteLine(JsonSerializer.Serialize(alert, AlertViewJson.Default.AlertInfo));
            return;
        }
        var table = new PeopleTable("ID", "NAME", "SEVERITY", "STATE", "WHEN", "#FIRED", "LAST");
        foreach (var alert in alerts) table.Add(alert.Id, alert.Name, alert.Severity, StateOf(alert), WhenOf(alert.Condition, alert.Count, alert.WindowSeconds), PlainText.Of(alert.Fired), PlainText.Of(alert.LastFiredAt));
        table.Write(_console);
    }

    public void ShowStock(ParseResult parse, IReadOnlyList<StockAlertInfo> rules)
    {
        if (IsJson(parse))
        {
            foreach (var rule in rules) _console.Out.WriteLine(JsonSerializer.Serialize(rule, AlertViewJson.Default.StockAlertInfo));
            return;
        }
        var table = new PeopleTable("NAME", "TITLE", "SEVERITY", "WHEN", "FILTER");
        foreach (var rule in rules) table.Add(rule.Name, rule.Title, rule.Severity, WhenOf(rule.Condition, rule.Count, rule.WindowSeconds), rule.Filter);
        table.Write(_console);
    }

    public void Show(ParseResult parse, AlertInfo alert)
    {
        if (IsJson(parse))
        {
            _console.Out.WriteLine(JsonSerializer.Serialize(alert, AlertViewJson.Default.AlertInfo));
            return;
        }
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
        table.Write(_console);
    }

    private string StateOf(AlertInfo alert) => alert.Disabled ? "disabled" : alert.MutedUntil is { } until && until.ToDateTimeOffset() > _console.Time.GetUtcNow() ? $"muted until {until}" : "on";

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
