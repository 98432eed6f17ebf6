using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Control;

namespace Domesday.Core.Credentials;

/// <summary>Remembers for some minutes which password was right, so that a client which sends it with every request does not cost a slow hash each time.</summary>
/// <remarks>Keeps an HMAC under a key that lives and dies with the process, and only of passwords that were right: at most one for each user.</remarks>
internal sealed class VerifiedPasswords(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public bool Contains(UserRecord user, string password) =>
        _entries.TryGetValue(user.Id, out var entry)
        && entry.Version == user.Version
        && time.GetElapsedTime(entry.At) < Lifetime
        && CryptographicOperations.FixedTimeEquals(entry.Mac, Mac(user, password));

    public void Add(UserRecord user, string password) => _entries[user.Id] = new(Mac(user, password), user.Version, time.GetTimestamp());

    private byte[] Mac(UserRecord user, string password) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{user.Id}\0{password}"));

    private sealed record Entry(byte[] Mac, long Version, long At);
}
