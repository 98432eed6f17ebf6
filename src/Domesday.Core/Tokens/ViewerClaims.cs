using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Events.Schema;

namespace Domesday.Core.Tokens;

/// <summary>What a viewer's token says, after its signature was checked.</summary>
/// <param name="Token">As of any token; kind and subject are those of whoever made it.</param>
/// <param name="MakerSession">The session in which it was made, and with which it ends; null when the maker had none.</param>
/// <param name="Name">Whom it is for, for people.</param>
/// <param name="Limits">What the events have that it shows; at least one.</param>
public sealed record ViewerClaims(TokenClaims Token, string? MakerSession, string Name, IReadOnlyList<FieldLimit> Limits)
{
    private const string LimitsClaim = "limits";

    internal static void Write(Utf8JsonWriter json, Principal maker, string tenant, string name, IReadOnlyList<FieldLimit> limits)
    {
        json.WriteString("maker_kind", maker.Kind);
        if (maker.Session is { } session) json.WriteString("maker_session", session.Id);
        json.WriteString("tenant", tenant);
        json.WriteString("preferred_username", name);
        json.WriteStartArray(LimitsClaim);
        foreach (var limit in limits)
        {
            json.WriteStartObject();
            json.WriteString("field", EventSchema.Of(limit.Field).Path);
            if (limit.Not) json.WriteBoolean("not", true);
            json.WriteStartArray("values");
            foreach (var value in limit.Values) json.WriteStringValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <returns>Null when a limit is not understood: then the token shows nothing at all, rather than more than was meant.</returns>
    internal static ViewerClaims? Read(JwtText token, TokenClaims claims)
    {
        if (!token.Claims.TryGetProperty(LimitsClaim, out var list) || list.ValueKind != JsonValueKind.Array) return null;
        var limits = new List<FieldLimit>();
        foreach (var item in list.EnumerateArray())
        {
            if (LimitOf(item) is not { } limit) return null;
            limits.Add(limit);
        }
        return limits.Count == 0 ? null : new(claims, token.Text("maker_session"), token.Text("preferred_username") ?? "", limits);
    }

    private static FieldLimit? LimitOf(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("field", out var path) || !item.TryGetProperty("values", out var values)) return null;
        if (path.ValueKind != JsonValueKind.String || !EventSchema.TryFind(path.GetString()!, out var field)) return null;
        if (values.ValueKind != JsonValueKind.Array || !values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String)) return null;
        return new(field, [.. values.EnumerateArray().Select(value => value.GetString()!)]) { Not = item.TryGetProperty("not", out var not) && not.ValueKind == JsonValueKind.True };
    }
}
