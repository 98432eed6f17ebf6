using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Gaps;

/// <summary><c>domesday gaps</c></summary>
internal static class GapsCommand
{
    private const int RangesShown = 20;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("gaps", "Shows which events of producers that number them did not arrive.", "domesday gaps --missing", "domesday gaps --producer web-1 --json");
        var producer = new Option<string?>("--producer") { HelpName = "NAME", Description = "One producer alone." };
        var missing = new Option<bool>("--missing") { Description = "Only producers that lack something." };
        var json = new Option<bool>("--json") { Description = "Each producer as a JSON object on a line." };
        foreach (var option in new Option[] { producer, missing, json }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var answer = await client.GapsAsync(parse.GetValue(producer), parse.GetValue(missing), cancellation);
            if (parse.GetValue(json))
            {
                foreach (var one in answer.Producers) console.Out.WriteLine(JsonSerializer.Serialize(one, GapsJson.Default.ProducerGaps));
            }
            else Show(console, answer);
        });
        return command;
    }

    private static void Show(CliConsole console, GapsAnswer answer)
    {
        if (answer.FollowedThrough < answer.LedgerSize) console.Error.WriteLine($"This is about the first {PlainText.Of(answer.FollowedThrough)} of {PlainText.Of(answer.LedgerSize)} events; the rest is still being read.");
        if (answer.Producers.Count == 0)
        {
            console.Error.WriteLine("No producer that numbers its events.");
            return;
        }
        var table = new PeopleTable("PRODUCER", "#RECEIVED", "#MISSING", "LAST RECEIVED", "MISSING NUMBERS");
        foreach (var one in answer.Producers)
        {
            var ranges = one.Gaps.TakeLast(RangesShown).Select(gap => gap.First == gap.Last ? $"{gap.First}" : $"{gap.First}-{gap.Last}");
            table.Add(PlainText.Of(one.Producer), PlainText.Of(one.Received), PlainText.Of(one.Missing), PlainText.Of(one.LastReceivedAt), (one.Gaps.Count > RangesShown ? "… " : "") + string.Join(' ', ranges));
        }
        table.Write(console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProducerGaps))]
internal sealed partial class GapsJson : JsonSerializerContext;
