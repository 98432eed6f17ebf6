using System.Net.Http.Headers;
using System.Text;

namespace Domesday.Client;

/// <summary>What a caller signs in with.</summary>
public sealed class ClientCredential
{
    private ClientCredential(AuthenticationHeaderValue header) => Header = header;

    internal AuthenticationHeaderValue Header { get; }

    /// <summary>An API key, or a token that the service takes as a bearer.</summary>
    /// <exception cref="ArgumentException">It is empty, or has characters that no header can carry.</exception>
    public static ClientCredential ApiKey(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (key.Any(letter => letter is < '!' or > '~')) throw new ArgumentException("An API key has neither spaces nor characters beyond ASCII.", nameof(key));
        return new(new("Bearer", key));
    }

    /// <param name="user">Without a colon, which separates it from the password.</param>
    /// <exception cref="ArgumentException">The name is empty or has a colon.</exception>
    /// <remarks>Source: RFC 7617 §2.</remarks>
    public static ClientCredential User(string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentNullException.ThrowIfNull(password);
        if (user.Contains(':', StringComparison.Ordinal)) throw new ArgumentException("A user's name has no colon.", nameof(user));
        return new(new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))));
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => Header.Scheme;
}
