using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Connection;

/// <summary>How a command shows what a service answered: as a table for people, or as JSON for programs.</summary>
internal abstract class AnswerView
{
    private readonly Option<bool> _json = new("--json") { Description = "As JSON, one object on a line." };

    protected AnswerView(CliConsole console, Command command)
    {
        Console = console;
        command.Options.Add(_json);
        Connection = new ConnectionOptions(console).AddTo(command);
    }

    public ConnectionOptions Connection { get; }

    protected CliConsole Console { get; }

    public bool IsJson(ParseResult parse) => parse.GetValue(_json);

    /// <returns>False when a table is wanted.</returns>
    protected bool TryWriteJson<T>(ParseResult parse, JsonTypeInfo<T> type, params IReadOnlyList<T> records)
    {
        if (!IsJson(parse)) return false;
        foreach (var record in records) Console.Out.WriteLine(JsonSerializer.Serialize(record, type));
        return true;
    }
}
