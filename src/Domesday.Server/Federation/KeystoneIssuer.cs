using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Domesday.Core.Credentials;
using Domesday.Core.Problems;
using Domesday.Core.Tokens;

namespace Domesday.Server.Federation;

/// <summary>Takes Keystone's tokens by asking Keystone for each, and believes the answer for a minute.</summary>
/// <remarks>Source: OpenStack Identity API v3, «Validate and show information for token»: a token may ask about itself, so no account of ours is needed there.</remarks>
/// <param name="url">With or without <c>/v3</c> at its end.</param>
/// <param name="roles">Roles of the tenant by Keystone's.</param>
internal sealed class KeystoneIssuer(Uri url, string tenant, IReadOnlyDictionary<string, string> roles, RemoteJson remote, TimeProvider time) : IForeignIssuer
{
    private const int HoldersMax = 10_000;
    private const int TokenCharsMax = 8_192;
    private const string ProjectViewer = Core.Access.BuiltInRoles.ProjectViewer;

    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);
    private static readonly Problem NotValid = new(ProblemKind.Unauthenticated, "The token is not valid.");
    private static readonly Problem Unreachable = new(ProblemKind.Unavailable, "Keystone cannot be asked about the token.");

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Uri _tokens = new(url.AbsoluteUri.TrimEnd('/') + (url.AbsolutePath.TrimEnd('/').EndsWith("/v3", StringComparison.Ordinal) ? "" : "/v3") + "/auth/tokens");

    /// <summary>Fernet tokens are no JWTs; Keystone's JWS tokens name no issuer.</summary>
    public bool MayHaveIssued(JwtText? jwt) => jwt is null || jwt.Text("iss") is null;

    public async ValueTask<Result<ForeignHolder>> CheckAsync(string token, JwtText? jwt, CancellationToken cancellation)
    {
        if (token.Length is 0 or > TokenCharsMax || token.Any(letter => letter is <= ' ' or > '~')) return NotValid;
        // By a hash, so that what lies in memory for a minute is no token.
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (_known.TryGetValue(id, out var known) && time.GetElapsedTime(known.At) < Believed && known.ExpiresAt > time.GetUtcNow()) return known.Holder;
        var headers = new Dictionary<string, string> { ["X-Auth-Token"] = token, ["X-Subject-Token"] = token, ["Accept"] = "application/json" };
        if (await remote.GetAsync(_tokens, headers, cancellation) is not { } answer) return Unreachable;
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound) return NotValid;
        if (answer.Status != HttpStatusCode.OK || answer.Body is not { } body) return Unreachable;
        if (Read(body) is not { } read || read.ExpiresAt <= time.GetUtcNow()) return NotValid;
        if (_known.Count >= HoldersMax) _known.Clear();
        _known[id] = read;
        return read.Holder;
    }

    private Known? Read(JsonElement body)
    {
        if (Member(body, "token") is not { } token || Member(token, "user") is not { } user) return null;
        if (Text(user, "id") is not { } id || Text(user, "name") is not { } name) return null;
        if (!DateTimeOffset.TryParse(Text(token, "expires_at"), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var expires)) return null;
        var project = Member(token, "project") is { } scope ? Text(scope, "id") : null;
        var given = new List<ForeignRole>();
        if (token.TryGetProperty("roles", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var role in list.EnumerateArray())
            {
                if (role.ValueKind != JsonValueKind.Object || Text(role, "name") is not { } named || !roles.TryGetValue(named, out var ours)) continue;
                if (ours != ProjectViewer) given.Add(new(ours, null));
                else if (project is not null) given.Add(new(ours, [project]));
            }
        }
        return new(new(tenant, $"keystone#{id}", name, given), expires, time.GetTimestamp());
    }

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Known(ForeignHolder Holder, DateTimeOffset ExpiresAt, long At);
}
