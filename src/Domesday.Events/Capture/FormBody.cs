using System.Text;

namespace Domesday.Events.Capture;

/// <summary>Query strings and form bodies: names and values between ampersands.</summary>
internal static class FormBody
{
    /// <summary>The same text with every secret value replaced; what is not secret stays as it was written.</summary>
    public static string Redact(string form, SecretNames names) => Redact(form, names, 0);

    /// <param name="nested">In how many URLs this one stands.</param>
    public static string Redact(string form, SecretNames names, int nested)
    {
        var parts = form.Split('&');
        for (var i = 0; i < parts.Length; i++)
        {
            var equals = parts[i].IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? parts[i] : parts[i][..equals]);
            if (equals >= 0 && names.Contains(name)) parts[i] = parts[i][..(equals + 1)] + SecretText.Mark;
            else if (equals >= 0) parts[i] = parts[i][..(equals + 1)] + Value(parts[i][(equals + 1)..], names, nested);
        }
        return string.Join('&', parts);
    }

    /// <summary>A value that holds JSON (build arguments, filters) or a URL may hold secrets of its own.</summary>
    private static string Value(string value, SecretNames names, int nested)
    {
        var decoded = Decode(value);
        var clean = decoded.StartsWith('{') || decoded.StartsWith('[') ? JsonRedaction.RedactText(decoded, names) : UrlText.Redact(SecretText.Clean(decoded), names, nested);
        return clean == decoded ? value : Uri.EscapeDataString(clean);
    }

    private static string Decode(string text) => text.AsSpan().ContainsAny('%', '+') ? Uri.UnescapeDataString(text.Replace('+', ' ')) : text;

    /// <summary>A form as one JSON object: each name with its value, or a list of its values.</summary>
    public static byte[]? ToJson(ReadOnlySpan<byte> body, SecretNames names)
    {
        var members = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var part in Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? part : part[..equals]);
            if (!members.TryGetValue(name, out var values)) members.Add(name, values = []);
            values.Add(names.Contains(name) ? SecretText.Mark : UrlText.Redact(SecretText.Clean(equals < 0 ? "" : Decode(part[(equals + 1)..])), names, 0));
        }
        return members.Count == 0 ? null : JsonRedaction.Write(json =>
        {
            json.WriteStartObject();
            foreach (var (name, values) in members)
            {
                json.WritePropertyName(name);
                if (values.Count > 1) json.WriteStartArray();
                foreach (var value in values) json.WriteStringValue(value);
                if (values.Count > 1) json.WriteEndArray();
            }
            json.WriteEndObject();
        });
    }
}
