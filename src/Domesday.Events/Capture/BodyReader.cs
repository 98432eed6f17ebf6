using System.Text.Json;
using Domesday.Events.Json;

namespace Domesday.Events.Capture;

/// <summary>Makes a body recordable: JSON and forms without their secrets; of everything else, length and digest.</summary>
internal static class BodyReader
{
    /// <param name="paths">Where secrets are in a body of this request.</param>
    public static CapturedBody Read(string? contentType, ReadOnlyMemory<byte> body, IReadOnlyList<JsonPath> paths, SecretNames names)
    {
        var media = contentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (LooksLikeJson(body.Span) && TryJson(body, paths, names) is { } json) return new(json);
        if (media == "application/x-www-form-urlencoded" && paths.Count == 0 && System.Text.Unicode.Utf8.IsValid(body.Span)
            && FormBody.ToJson(body.Span, names) is { } form && TryCanonical(form) is { } canonical) return new(canonical);
        // Where there are secrets, a digest of a short body would let it be guessed.
        return paths.Count > 0 ? CapturedBody.Hidden(contentType, body.Length) : CapturedBody.Digest(contentType, body.Span);
    }

    /// <summary>By its first sign, whatever its type is called: curl sends JSON as a form.</summary>
    private static bool LooksLikeJson(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'"', ..];

    private static byte[]? TryJson(ReadOnlyMemory<byte> body, IReadOnlyList<JsonPath> paths, SecretNames names)
    {
        try
        {
            return TryCanonical(JsonRedaction.Redact(body, paths, names));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null for what no event may carry, such as NUL in a text or a number out of range.</summary>
    private static byte[]? TryCanonical(byte[] json)
    {
        try
        {
            return CanonicalJson.Canonicalize(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
