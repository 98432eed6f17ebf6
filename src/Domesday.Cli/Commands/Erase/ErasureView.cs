using System.CommandLine;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Erase;

/// <summary>Shows erasures as a table or as JSON.</summary>
internal sealed class ErasureView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void Show(ParseResult parse, IReadOnlyList<ErasureInfo> erasures)
    {
        if (TryWriteJson(parse, ErasureViewJson.Default.ErasureInfo, erasures)) return;
        var table = new PeopleTable("ID", "WHEN", "BY", "#EVENTS", "CASE", "REASON", "STATE");
        foreach (var erasure in erasures)
        {
            table.Add(erasure.Id, PlainText.Of(erasure.CreatedAt), erasure.CreatedBy, PlainText.Of(erasure.Erased ?? erasure.Events), erasure.Case, erasure.Reason, erasure.Problem is { } problem ? $"{erasure.State}: {problem}" : erasure.State);
        }
        table.Write(Console);
    }

    public void ShowWhole(ParseResult parse, ErasureInfo erasure)
    {
        if (TryWriteJson(parse, ErasureViewJson.Default.ErasureInfo, erasure)) return;
        var table = new PeopleTable("ERASURE", erasure.Id);
        foreach (var (name, value) in (IEnumerable<(string, string?)>)
        [
            ("tenant", erasure.Tenant), ("asked for", $"{PlainText.Of(erasure.CreatedAt)} by {erasure.CreatedBy}"), ("reason", erasure.Reason), ("case", erasure.Case),
            ("events", $"{PlainText.Of(erasure.Events)}, {PlainText.Of(erasure.Notes)} of them because they refer to others; chosen by {erasure.By}"),
            ("places", erasure.Sequences ?? $"from {erasure.FirstSequence} to {erasure.LastSequence}; the list is in the ledger of the tenant system"),
            ("erased", erasure.CompletedAt is { } at ? $"{PlainText.Of(at)}: {PlainText.Of(erasure.Erased ?? 0)}" : $"not yet{(erasure.Problem is { } problem ? ": " + problem : "")}"),
            ("in files", erasure.Ledger is { InFiles: > 0 } ledger ? $"the bytes of {PlainText.Of(ledger.InFiles)} events of this ledger, which nobody can read any more" : "nothing"),
        ])
        {
            if (value is not null) table.Add(name, value);
        }
        table.Write(Console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErasureInfo))]
internal sealed partial class ErasureViewJson : JsonSerializerContext;
