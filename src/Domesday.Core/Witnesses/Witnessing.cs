using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Forwarding;
using Domesday.Core.Nodes;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Core.Witnesses;

/// <summary>Has witnesses cosign the checkpoints of all tenants' ledgers, and keeps what they cosigned.</summary>
/// <remarks>Source: C2SP tlog-witness, the log's side.</remarks>
/// <param name="folder">Where marks lie when there is one node.</param>
/// <param name="shared">Where they lie when there are several.</param>
public sealed class Witnessing(IReadOnlyList<Witness> witnesses, AskWitness ask, IEventStore store, Sealer sealer, LedgerProofs proofs, string folder, TimeProvider time, IKeptFiles? shared = null) : IDisposable
{
    private const int Cosigned = 200;
    private const int Conflict = 409;
    private const long AskedAgainMicroseconds = 3_600_000_000;

    private readonly IKeptFiles _files = shared ?? new FolderFiles(folder);
    private readonly ConcurrentDictionary<string, WitnessMarks> _known = new(StringComparer.Ordinal);

    /// <summary>Two turns at once would tell the same witness different sizes.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public IReadOnlyList<Witness> Witnesses => witnesses;

    /// <summary>How each witness stands to a ledger, in the order of the settings.</summary>
    /// <exception cref="IOException">The marks cannot be read.</exception>
    public IReadOnlyList<WitnessMark> Of(string tenant)
    {
        var marks = Read(tenant).Marks;
        return [.. witnesses.Select(witness => marks.FirstOrDefault(mark => mark.Witness == witness.Key.ToString()) ?? new WitnessMark(witness.Key.ToString()))];
    }

    /// <summary>The newest checkpoint that most witnesses cosigned, with their cosignatures; null when none did.</summary>
    /// <exception cref="IOException">The marks cannot be read.</exception>
    public string? NoteOf(string tenant)
    {
        var best = Of(tenant).Where(mark => mark.Note is not null).GroupBy(mark => mark.Note!).OrderByDescending(group => group.Count()).ThenByDescending(group => group.First().Size).FirstOrDefault();
        return best is null ? null : best.Key + string.Concat(best.Select(mark => mark.Cosignature + "\n"));
    }

    /// <summary>Asks each witness to cosign the last checkpoint of each ledger that it has not, or not for an hour.</summary>
    public async ValueTask TurnAsync(CancellationToken cancellation)
    {
        if (witnesses.Count == 0) return;
        await _turn.WaitAsync(cancellation);
        try
        {
            foreach (var tenant in store.Tenants.Where(ledger => !TenantName.IsInternal(ledger))) await TurnAsync(tenant, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask TurnAsync(string tenant, CancellationToken cancellation)
    {
        var head = sealer.HeadOf(tenant);
        if (!head.IsOk || head.Value.Size == 0 || sealer.BrokenReason(tenant) is not null) return;
        var before = Of(tenant);
        // All at once: one that does not answer shall not keep the others waiting.
        var after = await Task.WhenAll(witnesses.Select((witness, place) => IsDue(before[place], head.Value) ? AskAsync(tenant, witness, head.Value, before[place], cancellation) : Task.FromResult(before[place])));
        if (!before.SequenceEqual(after)) Keep(tenant, new(after));
    }

    private bool IsDue(WitnessMark mark, SealedHead head) => mark.Size != head.Size || mark.Problem is not null || Now.Microseconds - (mark.AskedAt?.Microseconds ?? 0) > AskedAgainMicroseconds;

    private async Task<WitnessMark> AskAsync(string tenant, Witness witness, SealedHead head, WitnessMark mark, CancellationToken cancellation)
    {
        var old = mark.Size;
        for (var isFirst = true; ; isFirst = false)
        {
            if (old > head.Size) return Failed(mark, refuses: true, string.Create(CultureInfo.InvariantCulture, $"It has seen a checkpoint of {old} events, and the ledger's last one covers {head.Size}: the ledger was set back, or another one bears its name."));
            var proof = await proofs.ConsistencyAsync(tenant, old, head.Size, cancellation);
            if (!proof.IsOk) return Failed(mark, refuses: false, $"The proof for it cannot be made: {proof.Problem.Detail}");
            var reply = await ask(witness, Body(old, proof.Value.Hashes, head.Note), cancellation);
            if (reply.Status == Cosigned) return Taken(mark, witness, head, reply.Body);
            // It remembers another size than this service does, such as after a restored backup: once more from there.
            if (isFirst && reply.Status == Conflict && long.TryParse(reply.Body.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size != old) old = size;
            else return Failed(mark, reply.Status != 0 && reply.Status < 500, Words(reply, head));
        }
    }

    /// <summary>A request's body: the size that the witness knows, the proof from there, an empty line, the checkpoint.</summary>
    private static string Body(long old, IReadOnlyList<MerkleHash> hashes, string note) =>
        string.Create(CultureInfo.InvariantCulture, $"old {old}\n{string.Concat(hashes.Select(hash => hash.ToBase64() + "\n"))}\n{note}");

    private WitnessMark Taken(WitnessMark mark, Witness witness, SealedHead head, string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!SignedNote.TryParse($"{head.Checkpoint.Text}\n{line}\n", out var signed) || witness.Key.CosignedAt(signed.Text, signed.Signatures[0]) is not { } at) continue;
            return new(mark.Witness) { Size = head.Size, Note = head.Note, Cosignature = line, CosignedAt = Timestamp.FromDateTimeOffset(at), AskedAt = Now };
        }
        return Failed(mark, refuses: true, "Its answer holds no valid cosignature by its key.");
    }

    private WitnessMark Failed(WitnessMark mark, bool refuses, string problem) => mark with { AskedAt = Now, Problem = problem, Refuses = refuses, FailingSince = mark.FailingSince ?? Now };

    private static string Words(WitnessReply reply, SealedHead head) => reply.Status switch
    {
        0 => reply.Body,
        403 => "It does not accept the signature: it knows another key for this ledger (403).",
        404 => $"It does not know the ledger {head.Checkpoint.Origin}: its operator has to add it (404).",
        Conflict => string.Create(CultureInfo.InvariantCulture, $"It has cosigned another ledger of {head.Size} events under this name, or others ask it meanwhile (409)."),
        422 => "It does not accept the proof that the ledger has only grown: it has seen another one under this name (422).",
        var status => string.Create(CultureInfo.InvariantCulture, $"It answered with status {status}."),
    };

    private WitnessMarks Read(string tenant)
    {
        if (shared is null && _known.TryGetValue(tenant, out var known)) return known;
        var file = _files.Read(NameOf(tenant));
        var marks = file is null ? new WitnessMarks([]) : Parse(file);
        _known[tenant] = marks;
        return marks;
    }

    /// <summary>What cannot be read is asked for anew: witnesses say themselves how far they are.</summary>
    private static WitnessMarks Parse(byte[] file)
    {
        try
        {
            return JsonSerializer.Deserialize(file, WitnessJson.Default.WitnessMarks) ?? new([]);
        }
        catch (JsonException)
        {
            return new([]);
        }
    }

    private void Keep(string tenant, WitnessMarks marks)
    {
        _files.Replace(NameOf(tenant), JsonSerializer.SerializeToUtf8Bytes(marks, WitnessJson.Default.WitnessMarks));
        _known[tenant] = marks;
    }

    /// <summary>A tenant's name is a file's name: see <see cref="TenantName"/>.</summary>
    private static string NameOf(string tenant) => "witnesses-" + tenant;

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());
}
