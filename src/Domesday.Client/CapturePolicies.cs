using System.Globalization;
using System.Text.Json;
using Domesday.Events.Capture;

namespace Domesday.Client;

/// <summary>What is to be captured for a tenant.</summary>
public sealed class CapturePolicies
{
    private const int NotModified = 304;

    private readonly ApiTransport _transport;

    internal CapturePolicies(ApiTransport transport) => _transport = transport;

    /// <summary>The policy; or waits until it is another one than the caller has.</summary>
    /// <param name="seen"><see cref="PolicyAnswer.Version"/> that the caller has; null: answer at once.</param>
    /// <param name="waitSeconds">Longest wait for a change, 0 to 60.</param>
    /// <returns>Null when it did not change.</returns>
    /// <exception cref="ProblemException">The service refused it.</exception>
    /// <exception cref="JsonException">The policy is not one that this version understands.</exception>
    public async Task<PolicyAnswer?> GetAsync(long? seen, int waitSeconds, CancellationToken cancellation)
    {
        var request = new ApiRequest(HttpMethod.Get, "policies");
        if (seen is not null)
        {
            var tag = seen.Value.ToString(CultureInfo.InvariantCulture);
            request = request with { Query = string.Create(CultureInfo.InvariantCulture, $"wait={waitSeconds}"), Headers = [("If-None-Match", $"\"{tag}\"")] };
        }
        try
        {
            return PolicyAnswer.Read(await _transport.BytesAsync(request, cancellation));
        }
        catch (ProblemException problem) when (problem.Status == NotModified)
        {
            return null;
        }
    }

    /// <summary>Replaces the policy.</summary>
    /// <exception cref="ProblemException">The service refused it, with every fault.</exception>
    public async Task<PolicyAnswer> SetAsync(CapturePolicy policy, CancellationToken cancellation)
    {
        var request = new ApiRequest(HttpMethod.Put, "policies") { Content = () => JsonBody.Of(policy, CaptureJson.Default.CapturePolicy) };
        return PolicyAnswer.Read(await _transport.BytesAsync(request, cancellation));
    }
}

/// <param name="Version">Changes with the policy; 0 while nobody has set one.</param>
public sealed record PolicyAnswer(long Version, CapturePolicy Policy)
{
    /// <summary>Reads the form in which the service answers, and in which capturers keep it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PolicyAnswer Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("version", out var version) || !version.TryGetInt64(out var number)
            || !root.TryGetProperty("policy", out var policy)) throw new JsonException("The answer has no policy.");
        return new(number, policy.Deserialize(CaptureJson.Default.CapturePolicy) ?? throw new JsonException("The policy is null."));
    }

    /// <summary>The same form.</summary>
    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WritePropertyName("policy");
            JsonSerializer.Serialize(json, Policy, CaptureJson.Default.CapturePolicy);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
