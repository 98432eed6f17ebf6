using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Quarantine;

/// <summary><c>domesday quarantine …</c></summary>
internal static class QuarantineCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("quarantine", "What machines sent and no parser understood.", "domesday quarantine list");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Replay(console));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "Items, newest first, with the reasons.", "domesday quarantine list --limit 5");
        var limit = new Option<int>("--limit", "-n") { HelpName = "NUMBER", Description = "Most items, 1 to 100.", DefaultValueFactory = _ => 20 };
        command.Options.Add(limit);
        var json = JsonOption(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var page = await client.Quarantine.ListAsync(parse.GetValue(limit), null, cancellation);
            if (parse.GetValue(json)) WriteJson(console, page.Items);
            else Show(console, page.Items);
        });
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One item: the reasons on standard error, its bytes as they came on standard output.", "domesday quarantine get 3 > item.json");
        var sequence = SequenceOf(command);
        var json = JsonOption(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            using var client = connection.Connect(parse);
            var item = await client.Quarantine.GetAsync(parse.GetValue(sequence), cancellation);
            if (parse.GetValue(json))
            {
                WriteJson(console, [item]);
                return 0;
            }
            foreach (var error in item.Errors) await console.Error.WriteLineAsync(PlainText.Of(error.ToString()));
            if (console.IsTerminal) console.Out.WriteLine(PlainText.Of(item.Text ?? $"{item.Length} bytes that are no text"));
            else console.Output.Write(item.Bytes ?? []);
            return 0;
        });
        return command;
    }

    private static ExampledCommand Replay(CliConsole console)
    {
        var command = new ExampledCommand("replay", "Tries again to store an item: all of its events, or none. Once only.", "domesday quarantine replay 3");
        var sequence = SequenceOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var answer = await client.Quarantine.ReplayAsync(parse.GetValue(sequence), cancellation);
            console.Out.WriteLine($"{answer.Receipts.Count} events stored: {string.Join(' ', answer.Receipts.Take(20).Select(receipt => receipt.Sequence))}");
        });
        return command;
    }

    private static void Show(CliConsole console, IReadOnlyList<QuarantineItem> items)
    {
        if (items.Count == 0)
        {
            console.Error.WriteLine("The quarantine is empty.");
            return;
        }
        var table = new PeopleTable("#SEQUENCE", "TIME", "SOURCE", "#BYTES", "REPLAYED", "WHY");
        foreach (var item in items)
        {
            table.Add($"{item.Sequence}", PlainText.Of(item.Time), item.SourceKind, PlainText.Of(item.Length), PlainText.Of(item.ReplayedAt), string.Join("; ", item.Errors));
        }
        table.Write(console);
    }

    private static void WriteJson(CliConsole console, IEnumerable<QuarantineItem> items)
    {
        foreach (var item in items) console.Out.WriteLine(JsonSerializer.Serialize(item, QuarantineJson.Default.QuarantineItem));
    }

    private static Argument<long> SequenceOf(Command command)
    {
        var sequence = new Argument<long>("sequence") { Description = "As quarantine list shows it." };
        command.Arguments.Add(sequence);
        return sequence;
    }

    private static Option<bool> JsonOption(Command command)
    {
        var json = new Option<bool>("--json") { Description = "Each item as a JSON object on a line." };
        command.Options.Add(json);
        return json;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QuarantineItem))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
