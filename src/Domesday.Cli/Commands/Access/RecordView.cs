using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Access;

/// <summary>Shows what the service administers as a table, or as JSON.</summary>
internal sealed class RecordView<T>
{
    private readonly Option<bool> _json = new("--json") { Description = "Each record as a JSON object on a line." };
    private readonly CliConsole _console;
    private readonly JsonTypeInfo<T> _type;
    private readonly string[] _headings;
    private readonly Func<T, string?[]> _row;

    /// <param name="headings">Of the table's columns.</param>
    /// <param name="row">The cells of one record.</param>
    public RecordView(CliConsole console, Command command, JsonTypeInfo<T> type, string[] headings, Func<T, string?[]> row)
    {
        (_console, _type, _headings, _row) = (console, type, headings, row);
        command.Options.Add(_json);
        Connection = new ConnectionOptions(console).AddTo(command);
    }

    public ConnectionOptions Connection { get; }

    public void Show(ParseResult parse, IReadOnlyList<T> records)
    {
        if (parse.GetValue(_json))
        {
            foreach (var record in records) _console.Out.WriteLine(JsonSerializer.Serialize(record, _type));
            return;
        }
        if (records.Count == 0)
        {
            _console.Error.WriteLine("There are none.");
            return;
        }
        var table = new PeopleTable(_headings);
        foreach (var record in records) table.Add(_row(record));
        table.Write(_console);
    }

    /// <summary>A secret alone on standard output, so that it can be taken into a variable, and what it is beside it.</summary>
    public void ShowSecret(ParseResult parse, T record, string? secret, string what)
    {
        if (parse.GetValue(_json)) _console.Out.WriteLine(JsonSerializer.Serialize(record, _type));
        else if (secret is not null) _console.Out.WriteLine(secret);
        _console.Error.WriteLine(what);
    }
}
