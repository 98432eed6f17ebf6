using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Domesday.Client.Verification;
using Domesday.Events.Merkle;

namespace Domesday.Client.Tests.Verification;

/// <summary>A log in memory, made from its entries by the letter of C2SP tlog-tiles, which can be tampered with.</summary>
internal sealed class TestLog : IDisposable
{
    private readonly NoteSigner _signer = new(SHA256.HashData("a test's key"u8));
    private readonly List<byte[]> _entries = [];
    private string _note = "";

    public TestLog(int size)
    {
        Append(size);
        Seal();
    }

    /// <summary>What the log answers instead, by path.</summary>
    public Dictionary<string, LogResource> Instead { get; } = [];

    /// <summary>Changes what the log answers.</summary>
    public Func<string, byte[], byte[]> Change { get; set; } = (_, body) => body;

    /// <summary>Paths that were asked for.</summary>
    public List<string> Asked { get; } = [];

    public string Origin { get; set; } = "domesday/acme";

    public NoteKey Key => _signer.KeyNamed(Origin);

    public string Note => _note;

    public static byte[] Entry(long sequence, string tenant = "acme", string action = "create") =>
        Encoding.UTF8.GetBytes($$"""{"action":"{{action}}","id":"event-{{sequence}}","sequence":{{sequence}},"tenant":"{{tenant}}"}""");

    public void Append(int count)
    {
        for (var i = 0; i < count; i++) _entries.Add(Entry(_entries.Count));
    }

    public void Rewrite(int sequence, byte[] entry) => _entries[sequence] = entry;

    public void Truncate(int size) => _entries.RemoveRange(size, _entries.Count - size);

    public byte[] EntryAt(int sequence) => _entries[sequence];

    /// <summary>Signs what is there now.</summary>
    public void Seal() => _note = _signer.Sign(Origin, new Checkpoint(Origin, _entries.Count, Range(0, _entries.Count)).Text).ToString();

    public Task<LogResource> FetchAsync(string path, CancellationToken cancellation)
    {
        lock (Asked) Asked.Add(path);
        if (Instead.TryGetValue(path, out var instead)) return Task.FromResult(instead);
        var body = Body(path);
        return Task.FromResult(body is null ? LogResource.Refused(404, "/problems/notfound", "no such path") : LogResource.Found(Change(path, body)));
    }

    public void Dispose() => _signer.Dispose();

    private byte[]? Body(string path)
    {
        if (path == "checkpoint") return Encoding.UTF8.GetBytes(_note);
        if (path == "key") return Encoding.UTF8.GetBytes($"{Key}\n");
        var parts = path.Split('/', 3);
        if (parts[1] == "entries") return TreeTile.TryParsePlace(parts[2], out var index, out var width) && new TreeTile(0, index, width).IsIn(_entries.Count) ? Bundle(index, width) : null;
        return TreeTile.TryParse(parts[1], parts[2], out var tile) && tile.IsIn(_entries.Count) ? Tile(tile) : null;
    }

    private byte[] Bundle(long index, int width)
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in _entries.GetRange((int)index * 256, width)) EntryBundle.Write(entry, bundle);
        return bundle.WrittenSpan.ToArray();
    }

    private byte[] Tile(TreeTile tile)
    {
        var leaves = 1 << TreeTile.Height * tile.Level;
        return [.. Enumerable.Range(0, tile.Width).SelectMany(place => Range(((int)tile.Index * 256 + place) * leaves, leaves).ToArray())];
    }

    private MerkleHash Range(int first, int count)
    {
        var frontier = new TreeFrontier();
        foreach (var entry in _entries.GetRange(first, count)) frontier.Add(MerkleHash.OfLeaf(entry));
        return frontier.Root;
    }
}
