using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Selection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Facets;

/// <summary><c>domesday facets</c></summary>
internal static class FacetsCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("facets", "Shows which values fields have among the events that match, and how often.",
            "domesday facets --from -7d", "domesday facets --field actor_name --result failure --limit 10");
        var fields = new Option<string[]>("--field") { HelpName = "FIELD", Description = "One of the fields that can be filtered by, such as actor_name; several as a comma list, or by repeating the option. Without it the common ones." };
        var limit = new Option<int>("--limit", "-n") { HelpName = "NUMBER", Description = "Most values of each field, 1 to 1000.", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "Each field as a JSON object on a line." };
        foreach (var option in new Option[] { fields, limit, json }) command.Options.Add(option);
        var selection = new SelectionOptions().AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var names = (parse.GetValue(fields) ?? []).SelectMany(list => list.Split(',')).Select(name => name.Trim().Replace('-', '_')).ToList();
            var answer = await client.FacetsAsync(selection.Read(parse), names, parse.GetValue(limit), cancellation);
            if (parse.GetValue(json))
            {
                foreach (var field in answer.Fields) console.Out.WriteLine(JsonSerializer.Serialize(field, FacetsJson.Default.Facet));
            }
            else Show(console, answer);
        });
        return command;
    }

    private static void Show(CliConsole console, FacetsAnswer answer)
    {
        var table = new PeopleTable("FIELD", "VALUE", "#COUNT");
        foreach (var field in answer.Fields)
        {
            foreach (var (place, value) in field.Values.Index()) table.Add(place == 0 ? field.Field : "", value.Value, PlainText.Of(value.Count));
            if (field.Distinct > field.Values.Count) table.Add("", $"… and {PlainText.Of(field.Distinct - field.Values.Count)} further values", "");
        }
        table.Write(console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Facet))]
internal sealed partial class FacetsJson : JsonSerializerContext;
