using System.Globalization;
using System.Text;
using Domesday.Events.Merkle;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Tests.Witnesses;

/// <summary>A witness of its own by C2SP tlog-witness: it remembers the last checkpoint of each log, and checks and takes the next one in one step, so that two who race cannot set it back.</summary>
internal sealed class TestWitness : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Checkpoint> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NoteKey> _logs = new(StringComparer.Ordinal);
    private readonly WitnessSigner _signer;
    private readonly WebApplication _application;

    private TestWitness(string name, WebApplication application) => (_signer, _application) = (new(name, Enumerable.Range(0, 32).Select(place => (byte)(place + name.Length)).ToArray()), application);

    public WitnessKey Key => _signer.Key;

    public string Url => _application.Urls.First();

    public string Setting => $"{Url}|{Key}";

    public static async Task<TestWitness> StartAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var witness = new TestWitness(name, application);
        application.MapPost("/add-checkpoint", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            return witness.Add(await reader.ReadToEndAsync(http.RequestAborted));
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return witness;
    }

    /// <summary>From now on it knows a log.</summary>
    public void Know(NoteKey log)
    {
        lock (_lock) _logs[log.Name] = log;
    }

    /// <summary>What it cosigned last of a log; null for nothing.</summary>
    public Checkpoint? SeenOf(string origin)
    {
        lock (_lock) return _seen.GetValueOrDefault(origin);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _signer.Dispose();
    }

    public IResult Add(string body)
    {
        var split = body.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !SignedNote.TryParse(body[(split + 2)..], out var note) || !Checkpoint.TryParse(note.Text, out var checkpoint)) return Results.StatusCode(400);
        var lines = body[..split].Split('\n');
        if (!lines[0].StartsWith("old ", StringComparison.Ordinal) || !long.TryParse(lines[0][4..], NumberStyles.None, CultureInfo.InvariantCulture, out var old)) return Results.StatusCode(400);
        var proof = lines[1..].Select(line => MerkleHash.TryFromBase64(line, out var hash) ? hash : throw new FormatException(line)).ToList();
        lock (_lock)
        {
            if (!_logs.TryGetValue(checkpoint.Origin, out var log)) return Results.StatusCode(404);
            if (!log.Verifies(note)) return Results.StatusCode(403);
            if (old > checkpoint.Size) return Results.StatusCode(400);
            var seen = _seen.GetValueOrDefault(checkpoint.Origin);
            if (old != (seen?.Size ?? 0)) return Results.Text((seen?.Size ?? 0).ToString(CultureInfo.InvariantCulture) + "\n", "text/x.tlog.size", Encoding.UTF8, 409);
            if (seen is not null && old == checkpoint.Size && seen.Root != checkpoint.Root) return Results.Text(old.ToString(CultureInfo.InvariantCulture) + "\n", "text/x.tlog.size", Encoding.UTF8, 409);
            if (!ConsistencyProof.Verify(old, checkpoint.Size, seen?.Root ?? MerkleHash.EmptyRoot, checkpoint.Root, proof)) return Results.StatusCode(422);
            _seen[checkpoint.Origin] = checkpoint;
            var signed = new SignedNote(note.Text, [_signer.Cosign(note.Text, TimeProvider.System.GetUtcNow())]).ToString();
            return Results.Text(signed[(note.Text.Length + 1)..]);
        }
    }
}
