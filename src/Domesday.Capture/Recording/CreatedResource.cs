using System.Text.Json;
using Domesday.Capture.Acts;

namespace Domesday.Capture.Recording;

/// <summary>Reads out of an answer what was created.</summary>
internal static class CreatedResource
{
    /// <summary>Longest answer that is held back for it, in bytes.</summary>
    public const int AnswerBytesMax = 64 * 1024;

    /// <returns>Nothing for an answer that is no JSON, or has no such members.</returns>
    public static (string? Id, string? Name) Read(Act act, ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return (Find(document.RootElement, act.CreatedId), Find(document.RootElement, act.CreatedName));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static string? Find(JsonElement root, IReadOnlyList<string> members)
    {
        foreach (var member in members)
        {
            var at = root;
            var isThere = true;
            foreach (var name in member.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                isThere = at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out at);
                if (!isThere) break;
            }
            if (!isThere) continue;
            if (at.ValueKind == JsonValueKind.String && at.GetString() is { Length: > 0 } text) return text;
            if (at.ValueKind == JsonValueKind.Number) return at.GetRawText();
        }
        return null;
    }
}
