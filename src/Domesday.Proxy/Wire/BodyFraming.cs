using System.Globalization;

namespace Domesday.Proxy.Wire;

/// <summary>How a body's end is known.</summary>
internal enum BodyKind
{
    None,
    Length,
    Chunked,

    /// <summary>It ends when the connection does: answers only.</summary>
    UntilClose,
}

/// <summary>How long a body is, read off its head.</summary>
/// <remarks>Source: RFC 9112 §6.3, in its strictest reading: what is stated twice, or in two ways, is refused.</remarks>
internal readonly record struct BodyFraming(BodyKind Kind, long Length)
{
    public static BodyFraming OfRequest(MessageHead head)
    {
        var framing = Of(head, 400);
        if (framing.Kind == BodyKind.Chunked && head.MinorVersion == 0) throw new WireException(400, "HTTP/1.0 has no transfer encodings.");
        return framing;
    }

    /// <param name="method">Of the request that is answered.</param>
    public static BodyFraming OfResponse(MessageHead head, string method)
    {
        if (method == "HEAD" || head.Status is < 200 or 204 or 304) return default;
        var framing = Of(head, 502);
        return framing.Kind == BodyKind.None && head.Count("Content-Length") == 0 ? new(BodyKind.UntilClose, 0) : framing;
    }

    private static BodyFraming Of(MessageHead head, int status)
    {
        var lengths = head.Count("Content-Length");
        if (head.Count("Transfer-Encoding") > 0)
        {
            if (lengths > 0) throw new WireException(status, "A message has a length and a transfer encoding.");
            if (head.Count("Transfer-Encoding") > 1 || !head.Elements("Transfer-Encoding").SequenceEqual(["chunked"], StringComparer.OrdinalIgnoreCase))
                throw new WireException(status == 400 ? 501 : status, "Only the transfer encoding chunked is understood.");
            return new(BodyKind.Chunked, 0);
        }
        if (lengths == 0) return default;
        if (lengths > 1 || !long.TryParse(head.Field("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            throw new WireException(status, "The length is none, or stated twice.");
        return length == 0 ? default : new(BodyKind.Length, length);
    }
}
