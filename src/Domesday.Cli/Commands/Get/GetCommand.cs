using System.Buffers;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;
using Domesday.Events;

namespace Domesday.Cli.Commands.Get;

/// <summary><c>domesday get</c></summary>
internal static class GetCommand
{
    private static readonly JsonWriterOptions ForPeople = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("get", "Shows one event, with everything that refers to it.", "domesday get 42", "domesday get order-4711 --json", "domesday get 42 --attachment request.body");
        var key = new Argument<string>("event") { Description = "Its sequence, or its producer's id." };
        var json = new Option<bool>("--json") { Description = "The event and each note on a line, in the very bytes that the ledger keeps." };
        var attachment = new Option<string?>("--attachment") { HelpName = "PATH", Description = "Writes a body that was set beside the event because it is large, such as request.body." };
        command.Arguments.Add(key);
        command.Options.Add(json);
        command.Options.Add(attachment);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var found = await client.GetAsync(parse.GetValue(key)!, cancellation);
            if (parse.GetValue(attachment) is { } path) await WriteAttachmentAsync(console, client, found.Event.Event, path, cancellation);
            else if (parse.GetValue(json))
            {
                foreach (var one in found.Notes.Prepend(found.Event)) console.WriteLine(one.Bytes.Span);
            }
            else Show(console, found);
        });
        return command;
    }

    private static async Task WriteAttachmentAsync(CliConsole console, DomesdayClient client, AuditEvent about, string path, CancellationToken cancellation)
    {
        if (about.Attachments?.GetValueOrDefault(path) is not { } digest)
        {
            throw new UsageException(about.Attachments is null ? "The event has no attachments." : $"The event has no attachment {path}; it has {string.Join(", ", about.Attachments.Keys)}.");
        }
        var body = await client.AttachmentAsync(about.Sequence!.Value, digest.Sha256, cancellation);
        if (Convert.ToHexStringLower(SHA256.HashData(body.Span)) != digest.Sha256) throw new InvalidDataException("The attachment is not the one that the event names: its SHA-256 differs.");
        console.WriteLine(body.Span);
    }

    private static void Show(CliConsole console, EventWithNotes found)
    {
        console.Out.WriteLine(Indented(found.Event.Bytes));
        console.Out.WriteLine($"leaf hash {found.Event.LeafHash}");
        foreach (var note in found.Notes)
        {
            var one = note.Event;
            console.Out.WriteLine($"{one.Action} {one.Sequence}, {PlainText.Of(one.Time)}, {PlainText.Of(one.Actor?.Name ?? one.Actor?.Id ?? "somebody")}: {PlainText.Of(one.Reason?.Text ?? "")}");
        }
    }

    private static string Indented(ReadOnlyMemory<byte> bytes)
    {
        using var json = JsonDocument.Parse(bytes);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text, ForPeople)) json.WriteTo(writer);
        // Line by line: the ends of lines are the writer's own, everything else hidden is the event's.
        return string.Join('\n', Encoding.UTF8.GetString(text.WrittenSpan).Split('\n').Select(PlainText.Of));
    }
}
