using System.Security.Cryptography;
using System.Text;

namespace Domesday.Sinks.Tests.Aws;

/// <summary>Signature Version 4, written down from its description and from nothing of ours: what the tests compare with.</summary>
/// <remarks>Source: AWS, IAM User Guide, «Create a signed AWS API request».</remarks>
internal static class PublishedSignature
{
    /// <param name="query">Sorted and encoded.</param>
    /// <param name="headers">Those that are signed, by lower-case name.</param>
    /// <param name="time">Such as 20150830T123600Z.</param>
    public static string Of(string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, string secret, string time, string region, string service) =>
        Of(method, path, query, headers, Convert.ToHexStringLower(SHA256.HashData(body)), secret, time, region, service);

    /// <param name="payload">The hash of the body, or what stands for it.</param>
    public static string Of(string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, string payload, string secret, string time, string region, string service)
    {
        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToList();
        var canonical = string.Join('\n', method, path, query, string.Concat(sorted.Select(header => $"{header.Key}:{header.Value.Trim()}\n")), string.Join(';', sorted.Select(header => header.Key)), payload);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var text = string.Join('\n', "AWS4-HMAC-SHA256", time, scope, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (sum, part) => HMACSHA256.HashData(sum, Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
