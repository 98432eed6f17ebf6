using System.CommandLine;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Report;

/// <summary>Shows usage and reports as a table or as JSON.</summary>
internal sealed class ReportView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void ShowUsage(ParseResult parse, UsageAnswer usage)
    {
        if (TryWriteJson(parse, ReportViewJson.Default.UsageAnswer, [usage])) return;
        var table = new PeopleTable(usage.By.ToUpperInvariant(), "#EVENTS", "#FAILURES", "#RESOURCES");
        foreach (var row in usage.Rows) table.Add(row.Key ?? "", PlainText.Of(row.Events), PlainText.Of(row.Failures), Resources(row));
        table.Add("total", PlainText.Of(usage.Total.Events), PlainText.Of(usage.Total.Failures), Resources(usage.Total));
        table.Write(Console);
        if (usage.Cut is { } all) Console.Error.WriteLine($"{PlainText.Of(usage.Rows.Count)} of {PlainText.Of(all)} are shown.");
    }

    private static string Resources(UsageLine line) => line.Resources is { } resources ? (line.Estimated == true ? "≈ " : "") + PlainText.Of(resources) : "";

    public void Show(ParseResult parse, IReadOnlyList<ReportInfo> reports)
    {
        if (TryWriteJson(parse, ReportViewJson.Default.ReportInfo, reports)) return;
        var table = new PeopleTable("ID", "NAME", "BY", "EVERY", "NEXT", "CHANNELS", "FILTER");
        foreach (var report in reports) table.Add(report.Id, report.Name, report.By, report.Every, report.Disabled ? "disabled" : PlainText.Of(report.NextAt), string.Join(',', report.Channels), report.Filter ?? "all events");
        table.Write(Console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReportInfo))]
[JsonSerializable(typeof(UsageAnswer))]
internal sealed partial class ReportViewJson : JsonSerializerContext;
