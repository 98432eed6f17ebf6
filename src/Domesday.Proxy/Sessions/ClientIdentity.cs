using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Domesday.Capture.Recording;
using Domesday.Events;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>Who a client is, by what the connection and its requests show.</summary>
/// <remarks>
/// A certificate was checked here, and the kernel vouches for the user of a unix socket. Names in an <c>Authorization</c> are the client's own claim, which the
/// upstream checks: with an answer of 401 it was a false one.
/// </remarks>
internal sealed class ClientIdentity
{
    private readonly string? _userField;
    private readonly Actor? _ofConnection;

    /// <param name="userField">Field in which a trusted proxy in front names the user; null: there is none.</param>
    public ClientIdentity(WireConnection client, string? userField)
    {
        _userField = userField;
        if (client.Tls?.RemoteCertificate is X509Certificate2 certificate) _ofConnection = OfCertificate(certificate);
        else if (client.PeerUserId is { } number) _ofConnection = new() { Type = ActorType.User, Id = $"uid:{number}", Name = NameOf(number) };
        CertificateName = client.Tls?.RemoteCertificate is null ? null : _ofConnection?.Name;
    }

    /// <summary>The name in the client's certificate; null when it showed none.</summary>
    public string? CertificateName { get; }

    public Actor? Of(MessageHead request)
    {
        if (_userField is not null && EventText.Clean(request.Field(_userField)) is { } named) return new() { Type = ActorType.User, Name = named };
        if (CertificateName is not null) return _ofConnection;
        return request.Field("Authorization") is { } authorization ? OfAuthorization(authorization) ?? _ofConnection : _ofConnection;
    }

    /// <summary>As Kubernetes reads certificates: the common name is the user, organizations are groups.</summary>
    private static Actor OfCertificate(X509Certificate2 certificate)
    {
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var groups = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == "2.5.4.10")
            .Select(part => EventText.Clean(part.GetSingleElementValue())).OfType<string>().ToList();
        return new() { Type = ActorType.User, Name = EventText.Clean(name) ?? EventText.Clean(certificate.Subject), Groups = groups.Count == 0 ? null : groups, Credential = certificate.SerialNumber.ToLowerInvariant() };
    }

    private static Actor? OfAuthorization(string authorization)
    {
        try
        {
            if (authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            {
                var user = Encoding.UTF8.GetString(Convert.FromBase64String(authorization[6..].Trim())).Split(':')[0];
                return EventText.Clean(user) is { } name ? new() { Type = ActorType.User, Name = name } : null;
            }
            if (!authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || authorization.Split('.') is not [_, { Length: < 16_384 } claims, _]) return null;
            var bytes = new byte[claims.Length];
            return System.Buffers.Text.Base64Url.TryDecodeFromChars(claims, bytes, out var length) ? OfClaims(bytes.AsMemory(0, length)) : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            // A credential that nobody can read names nobody.
            return null;
        }
    }

    /// <remarks>Source: RFC 7519 §4.1; OpenID Connect Core 1.0 §5.1 for <c>preferred_username</c>.</remarks>
    private static Actor? OfClaims(ReadOnlyMemory<byte> claims)
    {
        using var token = JsonDocument.Parse(claims);
        if (token.RootElement.ValueKind != JsonValueKind.Object) return null;
        var (subject, name) = (Text(token.RootElement, "sub"), Text(token.RootElement, "preferred_username"));
        return (subject ?? name) is null ? null : new() { Type = ActorType.User, Id = subject, Name = name ?? subject };
    }

    private static string? Text(JsonElement holder, string name) => holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? EventText.Clean(value.GetString()) : null;

    /// <remarks>Source: passwd(5).</remarks>
    private static string? NameOf(int number)
    {
        try
        {
            return File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(parts => parts.Length > 2 && parts[2] == $"{number}")?[0];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
