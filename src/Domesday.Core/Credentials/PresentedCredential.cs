using System.Security.Cryptography.X509Certificates;

namespace Domesday.Core.Credentials;

/// <summary>What a caller brings, before anybody looked whether it is any good.</summary>
/// <param name="Scheme">How it was brought, such as <c>basic</c>: for counters and for the record.</param>
public abstract record PresentedCredential(string Scheme);

/// <summary>A user's name and password.</summary>
public sealed record PresentedPassword(string Scheme, string User, string Password) : PresentedCredential(Scheme)
{
    /// <summary>The tenant that the caller named beside the user; null when the way of signing in has no word for it.</summary>
    public string? Tenant { get; init; }

    /// <summary>What guesses are counted by.</summary>
    internal string Typed => Tenant is null ? User : $"{Tenant}/{User}";

    /// <summary>Without the password, so that it cannot slip into a log.</summary>
    public override string ToString() => $"{Scheme} of {User}";
}

/// <summary>An application's client id and secret.</summary>
public sealed record PresentedApplication(string Scheme, string ClientId, string Secret) : PresentedCredential(Scheme)
{
    /// <summary>Without the secret, so that it cannot slip into a log.</summary>
    public override string ToString() => $"{Scheme} of {ClientId}";
}

/// <summary>One opaque text, such as an API key.</summary>
public sealed record PresentedToken(string Scheme, string Token) : PresentedCredential(Scheme)
{
    /// <summary>Without the token, so that it cannot slip into a log.</summary>
    public override string ToString() => Scheme;
}

/// <summary>The client certificate of a TLS connection, whose key the client proved to have.</summary>
public sealed record PresentedCertificate(string Scheme, X509Certificate2 Certificate) : PresentedCredential(Scheme);

/// <summary>Something that is no credential in the scheme it claims.</summary>
public sealed record MalformedCredential(string Scheme) : PresentedCredential(Scheme);
