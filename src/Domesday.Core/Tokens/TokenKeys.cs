using Domesday.Core.Problems;

namespace Domesday.Core.Tokens;

/// <summary>The key that signs tokens, and those before it whose tokens are still valid.</summary>
/// <remarks>A key is replaced after <see cref="Age"/>, and forgotten when no token that it signed can be valid any more.</remarks>
public sealed class TokenKeys : IDisposable
{
    private readonly TokenKeyFolder _folder;
    private readonly TimeProvider _time;
    private readonly Lock _changing = new();
    private volatile TokenKey[] _keys;

    private TokenKeys(TokenKeyFolder folder, TimeProvider time, TimeSpan age, TokenKey[] keys) => (_folder, _time, Age, _keys) = (folder, time, age, keys);

    /// <summary>How long a key signs.</summary>
    public TimeSpan Age { get; }

    /// <summary>The one that signs first, then the older ones.</summary>
    public IReadOnlyList<TokenKey> Published => [.. _keys.Reverse()];

    internal TokenKey Active => _keys[^1];

    /// <summary>Reads the keys; makes the first one when there is none.</summary>
    /// <param name="passphrase">Null or empty: the keys lie in the clear behind owner-only rights.</param>
    /// <returns>What <see cref="TokenKeyFolder.Read()"/> finds wrong.</returns>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static Result<TokenKeys> Open(string folder, string? passphrase, TimeSpan age, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var files = new TokenKeyFolder(folder, passphrase);
        var read = files.Read();
        if (!read.IsOk) return read.Problem;
        var keys = new TokenKeys(files, time, age, [.. read.Value]);
        if (read.Value.Count == 0) keys.Rotate();
        else keys.RotateIfDue();
        return keys;
    }

    /// <summary>Signs with a new key from now on; what the older ones signed stays valid.</summary>
    public TokenKey Rotate()
    {
        lock (_changing)
        {
            var key = TokenKey.Create(_time.GetUtcNow());
            _folder.Write(key);
            _keys = [.. _keys, key];
            return key;
        }
    }

    /// <summary>Replaces a key that has signed long enough, and forgets those that nobody needs.</summary>
    public void RotateIfDue()
    {
        lock (_changing)
        {
            if (_time.GetUtcNow() - Active.MadeAt >= Age) Rotate();
            // A key's last token is signed when the next key is made.
            while (_keys.Length > 1 && _time.GetUtcNow() - _keys[1].MadeAt > TokenIssuer.LifetimeMax) Forget(_keys[0]);
        }
    }

    /// <summary>Takes up what lies in the folder now, after another node replaced keys.</summary>
    public void Reload()
    {
        lock (_changing)
        {
            if (_folder.Read() is { IsOk: true, Value: { Count: > 0 } keys }) _keys = [.. keys];
        }
    }

    /// <summary>Makes a new key and refuses everything that the older ones signed: after a key became known to others.</summary>
    public TokenKey Replace()
    {
        lock (_changing)
        {
            var key = Rotate();
            while (_keys.Length > 1) Forget(_keys[0]);
            return key;
        }
    }

    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
    }

    internal TokenKey? Find(string? id) => Array.Find(_keys, key => key.Id == id);

    /// <remarks>Not disposed: a request may be checking a signature with it right now. The finalizer does it.</remarks>
    private void Forget(TokenKey key)
    {
        _keys = [.. _keys.Where(kept => kept != key)];
        _folder.Delete(key);
    }
}
