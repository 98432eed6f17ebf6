using System.Text.Json;
using System.Text.RegularExpressions;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.Aws;

/// <summary>An answer of AWS, with the code of what is wrong.</summary>
/// <param name="Code">Such as <c>ResourceNotFoundException</c>; null when all is well.</param>
internal sealed partial record AwsAnswer(HttpAnswer Http, string? Code)
{
    /// <summary>Codes that mean that the call itself is wrong.</summary>
    private static readonly string[] OfTheCall = ["InvalidParameterException", "ValidationException", "SerializationException", "DuplicatedAuditEventId"];

    private static readonly string[] OfTheCredentials = ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException"];

    public bool IsOfCredentials => Code is not null && OfTheCredentials.Contains(Code);

    public static AwsAnswer From(HttpAnswer http) => new(http, http.IsSuccess ? null : CodeOf(http.Text) ?? $"HTTP {(int)http.Status}");

    /// <summary>For an answer that is no success. What the credentials, the policy or the load are at fault for passes some day; what the call is at fault for does not.</summary>
    public Delivery ToDelivery() => Code is not null && OfTheCall.Contains(Code) ? Delivery.Refused(Http.Sentence) : Delivery.Later(Http.Sentence, Http.RetryAfter);

    /// <summary>JSON services say <c>__type</c>, perhaps with a name space before a hash; the gate in front of them answers in XML.</summary>
    private static string? CodeOf(string text)
    {
        if (XmlCode().Match(text) is { Success: true } xml) return xml.Groups[1].Value;
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            foreach (var name in (string[])["__type", "code", "Code"])
            {
                if (json.RootElement.TryGetProperty(name, out var type) && type.ValueKind == JsonValueKind.String) return type.GetString()!.Split('#')[^1];
            }
        }
        catch (JsonException)
        {
            // Not from AWS, such as a proxy's page.
        }
        return null;
    }

    [GeneratedRegex("<Code>([A-Za-z.]+)</Code>")]
    private static partial Regex XmlCode();
}
