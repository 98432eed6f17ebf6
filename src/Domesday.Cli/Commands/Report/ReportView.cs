using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Report;

/// <summary>Shows usage and reports as a table or as JSON.</summary>
internal sealed class ReportView
{
    private readonly Option<bool> _json = new("--json") { Description = "As JSON, one object on a line." };
    private readonly CliConsole _console;

    public ReportView(CliConsole console, Command command)
    {
        _console = console;
        command.Options.Add(_json);
        Connection = new ConnectionOptions(console).AddTo(command);
    }

    public ConnectionOptions Connection { get; }

    public void ShowUsage(ParseResult parse, UsageAnswer usage)
    {
        if (parse.GetValue(_json))
        {
            _console.Out.WriteLine(JsonSerializer.Serialize(usage, ReportViewJson.Default.UsageAnswer));
            return;
        }
        var table = new PeopleTable(usage.By.ToUpperInvariant(), "#EVENTS", "#FAILURES", "#RESOURCES");
        foreach (var row in usage.Rows) table.Add(row.Key ?? "", PlainText.Of(row.Events), PlainText.Of(row.Failures), PlainText.Of(row.Resources));
        table.Add("total", PlainText.Of(usage.Total.Events), PlainText.Of(usage.Total.Failures), PlainText.Of(usage.Total.Resources));
        table.Write(_console);
        if (usage.Cut is { } all) _console.Error.WriteLine($"{PlainText.Of(usage.Rows.Count)} of {PlainText.Of(all)} are shown.");
    }

    public void Show(ParseResult parse, IReadOnlyList<ReportInfo> reports)
    {
        if (parse.GetValue(_json))
        {
            foreach (var report in reports) _console.Out.WriteLine(JsonSerializer.Serialize(report, ReportViewJson.Default.ReportInfo));
            return;
        }
        var table = new PeopleTable("ID", "NAME", "BY", "EVERY", "NEXT", "CHANNELS", "FILTER");
        foreach (var report in reports) table.Add(report.Id, report.Name, report.By, report.Every, report.Disabled ? "disabled" : PlainText.Of(report.NextAt), string.Join(',', report.Channels), report.Filter ?? "all events");
        table.Write(_console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportInfo))]
[JsonSerializable(typeof(UsageAnswer))]
internal sealed partial class ReportViewJson : JsonSerializerContext;
