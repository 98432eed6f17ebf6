using System.Security.Cryptography;

namespace Domesday.Events.Capture;

/// <summary>What is recorded of a body, as one JSON value in canonical form; nothing for an empty body.</summary>
public sealed class CapturedBody
{
    private const int TypeCharsMax = 200;

    internal CapturedBody(ReadOnlyMemory<byte> json) => Json = json;

    /// <summary>The value for <c>request.body</c> or <c>response.body</c> of an event; empty when there was no body.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public bool IsEmpty => Json.IsEmpty;

    /// <summary>There was none.</summary>
    public static CapturedBody Absent { get; } = new(default);

    /// <summary>A body that cannot be kept as it is, or is too long: <c>{"bytes":n,"content_type":"…","sha256":"…"}</c>.</summary>
    /// <param name="length">Of the whole body, in bytes.</param>
    /// <param name="sha256">Of the whole body; 32 bytes.</param>
    public static CapturedBody Digest(string? contentType, long length, ReadOnlySpan<byte> sha256)
    {
        var digest = Convert.ToHexStringLower(sha256);
        return Write(contentType, length, digest);
    }

    internal static CapturedBody Digest(string? contentType, ReadOnlySpan<byte> body) => Digest(contentType, body.Length, SHA256.HashData(body));

    /// <summary>A body that is secret as a whole: not even its digest, by which a short one could be guessed.</summary>
    internal static CapturedBody Hidden(string? contentType, long length) => Write(contentType, length, null);

    private static CapturedBody Write(string? contentType, long length, string? digest) => new(Domesday.Events.Json.CanonicalJson.Canonicalize(JsonRedaction.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("bytes", length);
        if (Clean(contentType) is { Length: > 0 } type) json.WriteString("content_type", type);
        if (digest is null) json.WriteBoolean("redacted", true);
        else json.WriteString("sha256", digest);
        json.WriteEndObject();
    })));

    private static string? Clean(string? contentType) => contentType is null ? null
        : new([.. contentType.Take(TypeCharsMax).Where(unit => unit is >= ' ' and <= '~')]);
}
