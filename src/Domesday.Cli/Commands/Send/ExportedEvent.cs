using System.Buffers;
using System.Text.Json;
using Domesday.Events.Schema;

namespace Domesday.Cli.Commands.Send;

/// <summary>A line of an export or of an archive, made fit to be sent again: without what the service that kept it had set, which another one sets anew.</summary>
internal static class ExportedEvent
{
    private const string Manifest = "domesday_manifest";

    private static readonly HashSet<string> SetByService = [.. EventSchema.Fields.Where(field => field.SetByService).Select(field => field.Path)];

    /// <summary>Writes the event; nothing for the manifest, and what is no JSON object as it is, for the service to refuse.</summary>
    /// <returns>Whether there is something to send.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return Copy(line, output);
            if (json.RootElement.TryGetProperty(Manifest, out _)) return false;
            using var writer = new Utf8JsonWriter(output, new() { SkipValidation = true });
            writer.WriteStartObject();
            foreach (var member in json.RootElement.EnumerateObject().Where(member => !SetByService.Contains(member.Name))) member.WriteTo(writer);
            writer.WriteEndObject();
            return true;
        }
        catch (JsonException)
        {
            output.ResetWrittenCount();
            return Copy(line, output);
        }
    }

    private static bool Copy(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> output)
    {
        output.Write(line);
        return true;
    }
}
