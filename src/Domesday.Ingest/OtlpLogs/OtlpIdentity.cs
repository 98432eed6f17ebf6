using System.Security.Cryptography;

namespace Domesday.Ingest.OtlpLogs;

/// <summary>Gives records without an identity one that a repeated request has again, so that a retry stores nothing twice.</summary>
/// <remarks>The digest of the record with its resource and scope. Of equal records in one request the second, third … get their number with it: each is an event.</remarks>
internal sealed class OtlpIdentity
{
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);

    /// <param name="item">A request with one record.</param>
    public string Next(ReadOnlySpan<byte> item)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(item));
        var before = _seen.GetValueOrDefault(digest);
        _seen[digest] = before + 1;
        return before == 0 ? $"otlp-{digest}" : $"otlp-{digest}-{before}";
    }
}
