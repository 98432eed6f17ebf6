using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;

namespace Domesday.Core.Secrets;

/// <summary>Gives all nodes of a service the same keys: sealed under the passphrase where they are shared, in each node's own folder to be used.</summary>
/// <remarks>Without a passphrase nothing secret is shared; a node whose signing key is another one is refused all the same. See docs/adr/0040-several-nodes.md.</remarks>
public sealed class SharedKeys(ISharedFiles files, string folder, string? passphrase)
{
    private const string SaltName = "salt";
    private const string FingerprintName = "signing.fingerprint";
    private const string SigningKey = "signing.key";
    private const string TokenPrefix = "tokens/";
    private const int SaltBytes = 16;

    private SecretBox? _box;

    private bool HasPassphrase => !string.IsNullOrEmpty(passphrase);

    /// <summary>Before keys are opened: fetches those that other nodes made.</summary>
    /// <returns><see cref="ProblemKind.Invalid"/> when the passphrase is missing or is another one.</returns>
    /// <remarks>No other node may be starting meanwhile.</remarks>
    public async ValueTask<Problem?> FetchAsync(CancellationToken cancellation)
    {
        var shared = await files.ReadAsync(cancellation);
        if (!HasPassphrase)
        {
            return shared.ContainsKey(FingerprintName) && !File.Exists(PathOf(SigningKey))
                ? new Problem(ProblemKind.Invalid, $"This node has no signing key in {folder}, and the service has one already. Set DOMESDAY_KEY_PASSPHRASE, the same on every node, or give every node the same keys folder.", "DOMESDAY_KEY_PASSPHRASE")
                : null;
        }
        if (!shared.TryGetValue(SaltName, out var salt)) await files.AddAsync(SaltName, salt = RandomNumberGenerator.GetBytes(SaltBytes), cancellation);
        _box = SecretBox.OfPassphrase(passphrase!, salt);
        foreach (var (name, content) in shared.Where(file => file.Key is not (SaltName or FingerprintName)))
        {
            if (!TryOpen(name, content, out var bytes)) return new Problem(ProblemKind.Invalid, "The passphrase is not the one that the service's other nodes use.", "DOMESDAY_KEY_PASSPHRASE");
            // The signing key of this node may have been there before; whether it is the same one shows when it is open.
            if (!File.Exists(PathOf(name)) || name != SigningKey) Write(name, bytes);
        }
        return null;
    }

    /// <summary>After keys were opened: shares what is new, and compares the signing key.</summary>
    /// <param name="publicKey">Of the key that signs.</param>
    /// <returns><see cref="ProblemKind.Invalid"/> when the service signs with another key.</returns>
    public async ValueTask<Problem?> ShareAsync(ReadOnlyMemory<byte> publicKey, CancellationToken cancellation)
    {
        var fingerprint = SHA256.HashData(publicKey.Span);
        var shared = await files.ReadAsync(cancellation);
        if (!shared.TryGetValue(FingerprintName, out var known)) await files.AddAsync(FingerprintName, fingerprint, cancellation);
        else if (!known.AsSpan().SequenceEqual(fingerprint))
        {
            return new Problem(ProblemKind.Invalid, $"The signing key in {folder} is not the one that the service's other nodes use. Move the folder away to take theirs, or give this node the same keys folder.");
        }
        foreach (var name in Names().Where(name => !shared.ContainsKey(name))) await AddAsync(name, cancellation);
        return null;
    }

    /// <summary>On the node that replaces token keys: shares what it made and takes back what it gave up.</summary>
    public async ValueTask ShareTokensAsync(CancellationToken cancellation)
    {
        if (_box is null) return;
        var (shared, own) = (await files.ReadAsync(cancellation), Names().Where(IsToken).ToList());
        foreach (var name in own.Where(name => !shared.ContainsKey(name))) await AddAsync(name, cancellation);
        foreach (var name in shared.Keys.Where(name => IsToken(name) && !own.Contains(name))) await files.RemoveAsync(name, cancellation);
    }

    /// <summary>On the other nodes: makes the folder of token keys as it is shared.</summary>
    /// <returns>Whether anything changed.</returns>
    public async ValueTask<bool> FetchTokensAsync(CancellationToken cancellation)
    {
        if (_box is null) return false;
        var (shared, own) = (await files.ReadAsync(cancellation), Names().Where(IsToken).ToList());
        var isChanged = false;
        foreach (var (name, content) in shared.Where(file => IsToken(file.Key) && !own.Contains(file.Key)))
        {
            if (!TryOpen(name, content, out var bytes)) continue;
            Write(name, bytes);
            isChanged = true;
        }
        foreach (var name in own.Where(name => !shared.ContainsKey(name)))
        {
            File.Delete(PathOf(name));
            isChanged = true;
        }
        return isChanged;
    }

    private static bool IsToken(string name) => name.StartsWith(TokenPrefix, StringComparison.Ordinal);

    private IEnumerable<string> Names() => HasPassphrase && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Where(name => !name.EndsWith(".new", StringComparison.Ordinal))
        : [];

    private async ValueTask AddAsync(string name, CancellationToken cancellation) =>
        await files.AddAsync(name, Encoding.ASCII.GetBytes(_box!.Seal(Convert.ToBase64String(await File.ReadAllBytesAsync(PathOf(name), cancellation)), name)), cancellation);

    private bool TryOpen(string name, byte[] content, out byte[] bytes)
    {
        bytes = [];
        if (name.Contains("..", StringComparison.Ordinal) || !_box!.TryOpen(Encoding.ASCII.GetString(content), name, out var text)) return false;
        bytes = Convert.FromBase64String(text);
        return true;
    }

    private void Write(string name, byte[] bytes)
    {
        var path = PathOf(name);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) return;
        DurableFile.MakeFolderOf(path);
        DurableFile.Replace(path, bytes);
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
