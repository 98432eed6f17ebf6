using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Access;

/// <summary>Shows what the service administers as a table, or as JSON.</summary>
/// <param name="headings">Of the table's columns.</param>
/// <param name="row">The cells of one record.</param>
internal sealed class RecordView<T>(CliConsole console, Command command, JsonTypeInfo<T> type, string[] headings, Func<T, string?[]> row) : AnswerView(console, command)
{
    public void Show(ParseResult parse, IReadOnlyList<T> records)
    {
        if (TryWriteJson(parse, type, records)) return;
        if (records.Count == 0)
        {
            Console.Error.WriteLine("There are none.");
            return;
        }
        var table = new PeopleTable(headings);
        foreach (var record in records) table.Add(row(record));
        table.Write(Console);
    }

    /// <summary>A secret alone on standard output, so that it can be taken into a variable, and what it is beside it.</summary>
    public void ShowSecret(ParseResult parse, T record, string? secret, string what)
    {
        if (!TryWriteJson(parse, type, [record]) && secret is not null) Console.Out.WriteLine(secret);
        Console.Error.WriteLine(what);
    }
}
