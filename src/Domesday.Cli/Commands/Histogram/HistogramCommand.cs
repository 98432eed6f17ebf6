using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Selection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Histogram;

/// <summary><c>domesday histogram</c></summary>
internal static class HistogramCommand
{
    private const int BarWidthMax = 60;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("histogram", "Shows how many events there were over time, as bars.",
            "domesday histogram --from -24h --interval hour", "domesday histogram --action login --result failure")
        {
            Remarks = "Failures are drawn with x.",
        };
        var interval = new Option<string>("--interval") { HelpName = "auto|minute|hour|day", Description = "Width of a bar.", DefaultValueFactory = _ => "auto" }.AcceptOnlyFromAmong("auto", "minute", "hour", "day");
        var json = new Option<bool>("--json") { Description = "Each bar as a JSON object on a line." };
        command.Options.Add(interval);
        command.Options.Add(json);
        var selection = new SelectionOptions().AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var answer = await client.HistogramAsync(selection.Read(parse), parse.GetValue(interval)!, cancellation);
            if (parse.GetValue(json))
            {
                foreach (var bucket in answer.Buckets) console.Out.WriteLine(JsonSerializer.Serialize(bucket, HistogramJson.Default.HistogramBucket));
            }
            else Show(console, answer);
        });
        return command;
    }

    private static void Show(CliConsole console, HistogramAnswer answer)
    {
        if (answer.Buckets.Count == 0)
        {
            console.Error.WriteLine("Nothing matches.");
            return;
        }
        var highest = answer.Buckets.Max(bucket => bucket.Count);
        var digits = PlainText.Of(highest).Length;
        var width = (int)Math.Clamp((console.Width ?? 100) - 22L - digits, 10, BarWidthMax);
        foreach (var bucket in answer.Buckets)
        {
            var bar = Length(bucket.Count, highest, width);
            var failures = Math.Min(bar, Length(bucket.Failures, highest, width));
            var when = PlainText.Of(bucket.From)[..(answer.Interval == "day" ? 10 : 16)];
            console.Out.WriteLine($"{when}  {PlainText.Of(bucket.Count).PadLeft(digits)}  {new string('x', failures)}{new string('#', bar - failures)}");
        }
    }

    /// <summary>Something is never drawn as nothing.</summary>
    private static int Length(long count, long highest, int width) => count == 0 ? 0 : (int)Math.Max(1, count * width / highest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HistogramBucket))]
internal sealed partial class HistogramJson : JsonSerializerContext;
