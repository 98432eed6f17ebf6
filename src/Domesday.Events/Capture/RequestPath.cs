using System.Text;

namespace Domesday.Events.Capture;

/// <summary>The path of a request as rules compare it: decoded, without query, dot segments and repeated slashes.</summary>
/// <remarks>
/// Upstreams clean paths in ways of their own. What is written in an unusual way is therefore still compared in its clean form, but
/// <see cref="IsPlain"/> is false, and nothing that leads to «do not record» may rest on it: <c>/info/../secrets/create</c> hides nowhere.
/// </remarks>
public sealed class RequestPath
{
    /// <summary>Separators in disguise, and control characters.</summary>
    private static readonly System.Buffers.SearchValues<char> Ambiguous =
        System.Buffers.SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(unit => (char)unit).Where(unit => char.IsControl(unit) || unit is '\\' or ';')]);

    private RequestPath(IReadOnlyList<string> segments, bool isPlain)
    {
        (Segments, IsPlain) = (segments, isPlain);
        HasVersion = segments.Count > 0 && IsVersion(segments[0]);
    }

    /// <summary>Decoded; none of them is empty, <c>.</c> or <c>..</c>.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>Whether everybody reads the path in the same way.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether it begins with an API version of the Docker Engine, such as <c>/v1.41</c>.</summary>
    public bool HasVersion { get; }

    /// <param name="target">The request's target as sent: a path, perhaps with a query; or a whole URL, as proxies get it.</param>
    public static RequestPath Parse(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var path = PathOf(target);
        var isPlain = path.StartsWith('/');
        var segments = new List<string>(8);
        foreach (var part in path.Split('/'))
        {
            var decoded = Decode(path[part], ref isPlain);
            if (decoded.Length == 0)
            {
                // The first is what stands before the first slash, the last what stands behind the last one.
                isPlain &= part.Start.Value == 0 || part.End.Value == path.Length;
                continue;
            }
            if (decoded is not ("." or ".."))
            {
                segments.Add(decoded);
                continue;
            }
            isPlain = false;
            if (decoded == ".." && segments.Count > 0) segments.RemoveAt(segments.Count - 1);
        }
        return new(segments, isPlain);
    }

    public override string ToString() => "/" + string.Join('/', Segments);

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        var end = target.IndexOfAny('?', '#');
        if (end >= 0) target = target[..end];
        var scheme = target.StartsWith('/') ? -1 : target.IndexOf("://");
        if (scheme < 0) return target;
        var slash = target[(scheme + 3)..].IndexOf('/');
        return slash < 0 ? "/" : target[(scheme + 3 + slash)..];
    }

    /// <summary>Decodes percent signs; what could be read in two ways is not plain: separators and dots in disguise, control characters, what is no UTF-8.</summary>
    private static string Decode(ReadOnlySpan<char> raw, ref bool isPlain)
    {
        if (raw.ContainsAny(Ambiguous)) isPlain = false;
        var part = raw.ToString();
        if (!raw.Contains('%')) return part;
        var bytes = new List<byte>(part.Length);
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] != '%')
            {
                var width = char.IsHighSurrogate(part[i]) && i + 1 < part.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(part.Substring(i, width)));
                i += width - 1;
            }
            else if (i + 2 < part.Length && char.IsAsciiHexDigit(part[i + 1]) && char.IsAsciiHexDigit(part[i + 2]))
            {
                var value = Convert.ToByte(part.Substring(i + 1, 2), 16);
                if (value is (byte)'/' or (byte)'\\' or (byte)'.' or (byte)'%' or (byte)';' or < 0x20 or 0x7F) isPlain = false;
                bytes.Add(value);
                i += 2;
            }
            else
            {
                isPlain = false;
                bytes.Add((byte)'%');
            }
        }
        var text = Encoding.UTF8.GetString([.. bytes]);
        if (text.Contains('\uFFFD', StringComparison.Ordinal)) isPlain = false;
        return text;
    }

    /// <remarks>Source: Docker Engine API, «Versioning»: a <c>v</c>, a number, a point, a number.</remarks>
    private static bool IsVersion(string segment)
    {
        var point = segment.IndexOf('.', StringComparison.Ordinal);
        return segment[0] == 'v' && point > 1 && point < segment.Length - 1
            && segment.AsSpan(1..point).IndexOfAnyExceptInRange('0', '9') < 0 && segment.AsSpan(point + 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
