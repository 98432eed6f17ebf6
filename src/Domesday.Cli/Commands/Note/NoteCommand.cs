using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Note;

/// <summary><c>domesday note</c></summary>
internal static class NoteCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("note", "Adds a note to an event: an event of its own that refers to it, and stays.", "domesday note 42 'approved in change 1234'");
        var sequence = new Argument<long>("sequence") { Description = "Of the event." };
        var text = new Argument<string>("text") { Description = "3 to 4,000 characters." };
        command.Arguments.Add(sequence);
        command.Arguments.Add(text);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var receipt = await client.AddNoteAsync(parse.GetValue(sequence), parse.GetValue(text)!, cancellation);
            console.Out.WriteLine($"Note {receipt.Sequence} on event {parse.GetValue(sequence)}");
        });
        return command;
    }
}
