using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Domesday.Ui.OneEvent;

/// <summary>JSON as people read it; numbers keep their digits.</summary>
internal static class PrettyJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonElement element)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options)) element.WriteTo(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static string Of(ReadOnlyMemory<byte> text)
    {
        using var document = JsonDocument.Parse(text);
        return Of(document.RootElement);
    }
}
