using System.CommandLine;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Hold;

/// <summary>Shows holds as a table or as JSON.</summary>
internal sealed class HoldView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void Show(ParseResult parse, IReadOnlyList<HoldInfo> holds)
    {
        if (TryWriteJson(parse, HoldViewJson.Default.HoldInfo, holds)) return;
        var table = new PeopleTable("ID", "CASE", "REASON", "FROM", "TO", "FILTER", "PLACED", "BY", "RELEASED");
        foreach (var hold in holds)
        {
            table.Add(hold.Id, hold.Case, hold.Reason, hold.From is { } from ? PlainText.Of(from) : "the beginning", hold.To is { } to ? PlainText.Of(to) : "no end", hold.Filter ?? "all events",
                PlainText.Of(hold.PlacedAt), hold.PlacedBy, hold.ReleasedAt is { } at ? $"{PlainText.Of(at)} by {hold.ReleasedBy}: {hold.ReleaseReason}" : "");
        }
        table.Write(Console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HoldInfo))]
internal sealed partial class HoldViewJson : JsonSerializerContext;
