using System.Text.Json;
using Domesday.Core.Problems;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>Who wants a token, and by what.</summary>
/// <param name="User">Name or id; empty for a token.</param>
/// <param name="Secret">Password, secret of an application credential, or token.</param>
/// <param name="Method">As Keystone calls it.</param>
internal sealed record KeystoneWish(string User, string Secret, string Method)
{
    public const string Token = "token";

    private const string Password = "password";
    private const string Application = "application_credential";

    /// <summary>Without the secret, so that it cannot slip into a log.</summary>
    public override string ToString() => $"{Method} of {User}";

    /// <summary>Reads <c>{"auth":{"identity":{"methods":["password"],"password":{"user":{…}}},"scope":{…}}}</c>. Domain and scope are passed over: the credential decides.</summary>
    public static Result<KeystoneWish> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Member(Member(document.RootElement, "auth"), "identity") is not { } identity) return Invalid("auth.identity is missing.");
            var methods = Member(identity, "methods") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(TextOf).ToList() : [];
            if (methods.Contains(Password)) return OfUser(Member(Member(identity, Password), "user"));
            if (methods.Contains(Token)) return Of("", TextOf(Member(Member(identity, Token), "id")), Token);
            return methods.Contains(Application) ? ApplicationOf(Member(identity, Application)) : Invalid("auth.identity.methods must hold password, token or application_credential.");
        }
        catch (JsonException)
        {
            return Invalid("The body is not valid JSON.");
        }
    }

    private static Result<KeystoneWish> OfUser(JsonElement? user) => Of(TextOf(Member(user, "name")) ?? TextOf(Member(user, "id")), TextOf(Member(user, Password)), Password);

    private static Result<KeystoneWish> ApplicationOf(JsonElement? credential) =>
        Of(TextOf(Member(credential, "id")) ?? TextOf(Member(credential, "name")), TextOf(Member(credential, "secret")), Application);

    private static Result<KeystoneWish> Of(string? user, string? secret, string method) =>
        user is null || string.IsNullOrEmpty(secret) ? Invalid($"auth.identity.{method} lacks a name or a secret.") : new KeystoneWish(user, secret, method);

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } owner && owner.TryGetProperty(name, out var member) ? member : null;

    private static string? TextOf(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static string? TextOf(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static Problem Invalid(string detail) => new(ProblemKind.Invalid, detail);
}
