using System.Collections.Concurrent;
using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Core.Verification;

/// <summary>Reads whole ledgers again and compares what is there with what was signed. One run for each tenant at a time, and few at once.</summary>
/// <remarks>The service checks itself: an operator who holds the key and the code could make it lie. <c>domesday verify</c> does not have to trust it.</remarks>
public sealed class LedgerVerifier(IEventStore store, IEventReader reader, Sealer sealer, ServiceEventQueue queue, TimeProvider time) : IDisposable
{
    /// <summary>The <c>operation</c> of the event that tells how a verification ended.</summary>
    public const string Operation = "ledger.verify";

    private const int RunsMax = 2;
    private const int HashesOfStep = 4_096;
    private const int StoredLevel = 8;

    private readonly ConcurrentDictionary<string, LedgerVerification> _last = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();

    /// <summary>The run that goes on, or the last one since the start; null when there was none.</summary>
    public LedgerVerification? Of(string tenant) => _last.GetValueOrDefault(tenant);

    /// <summary>Begins a verification, unless one of this ledger goes on already.</summary>
    /// <returns><see cref="ProblemKind.Unavailable"/> while there is no checkpoint; <see cref="ProblemKind.TooMany"/> while others go on.</returns>
    public Result<LedgerVerification> Start(string tenant, ChangeAuthor author)
    {
        var head = sealer.HeadOf(tenant);
        if (!head.IsOk) return head.Problem;
        lock (_starting)
        {
            if (Of(tenant) is { FinishedAt: null } running) return running;
            if (_last.Values.Count(run => run.FinishedAt is null) >= RunsMax) return new Problem(ProblemKind.TooMany, "Other ledgers are being verified: try again when they are done.", RetryAfter: TimeSpan.FromSeconds(10));
            var begun = new LedgerVerification(tenant, head.Value.Size, Now);
            _last[tenant] = begun;
            _ = Task.Run(() => RunAsync(begun, head.Value, author));
            return begun;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private async Task RunAsync(LedgerVerification run, SealedHead head, ChangeAuthor author)
    {
        string? fault;
        var walk = new Walk(run.Tenant);
        try
        {
            fault = await CheckAsync(run, head, walk, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is CorruptLedgerException or IOException)
        {
            fault = exception.Message;
        }
        var ended = run with { Checked = walk.Tree.Size, WithoutBody = walk.WithoutBody, FinishedAt = Now, IsSound = fault is null, Fault = fault, Root = walk.Tree.Root.ToBase64() };
        _last[run.Tenant] = ended;
        Record(ended, author);
    }

    /// <returns>What is wrong; null when nothing is.</returns>
    private async ValueTask<string?> CheckAsync(LedgerVerification run, SealedHead head, Walk walk, CancellationToken cancellation)
    {
        var filter = new EventFilter { ToSequence = head.Size };
        await foreach (var batch in reader.ReadAsync(AccessScope.WholeTenant(run.Tenant), filter, EventOrder.Sequence, descending: false, cancellation))
        {
            foreach (var entry in batch)
            {
                if (await FillAsync(walk, entry.Sequence, cancellation) is { } unreadable) return unreadable;
                walk.Add(MerkleHash.OfLeaf(entry.Bytes.Span));
            }
            if (await ComparedAsync(walk, cancellation) is { } different) return different;
            _last[run.Tenant] = run with { Checked = walk.Tree.Size, WithoutBody = walk.WithoutBody };
        }
        if (await FillAsync(walk, head.Size, cancellation) is { } missing) return missing;
        if (await ComparedAsync(walk, cancellation) is { } wrong) return wrong;
        return walk.Tree.Root == head.Checkpoint.Root ? null : "What is stored does not lead to the root that was signed.";
    }

    /// <summary>Takes the kept hashes of entries whose bodies are gone.</summary>
    private async ValueTask<string?> FillAsync(Walk walk, long until, CancellationToken cancellation)
    {
        while (walk.Tree.Size < until)
        {
            var hashes = await store.LeafHashesAsync(walk.Tenant, walk.Tree.Size, (int)Math.Min(HashesOfStep, until - walk.Tree.Size), cancellation);
            if (!hashes.IsOk) return hashes.Problem.Detail;
            foreach (var hash in hashes.Value) walk.Add(hash);
            walk.WithoutBody += hashes.Value.Length;
        }
        return null;
    }

    /// <summary>Compares what was computed with what was kept when it was sealed, so that the first wrong place is known to 256 events.</summary>
    private async ValueTask<string?> ComparedAsync(Walk walk, CancellationToken cancellation)
    {
        var known = store.Trees.Count(walk.Tenant, StoredLevel);
        foreach (var (index, computed) in walk.TakeNodes())
        {
            if (index >= known) continue;
            var kept = await store.Trees.ReadAsync(walk.Tenant, StoredLevel, index, 1, cancellation);
            if (kept.IsOk && kept.Value[0] != computed) return string.Create(CultureInfo.InvariantCulture, $"The events {index << StoredLevel} to {((index + 1) << StoredLevel) - 1} are not those that were sealed.");
        }
        return null;
    }

    private void Record(LedgerVerification run, ChangeAuthor author) => queue.Add(run.Tenant, new()
    {
        Action = "verify",
        Operation = Operation,
        Actor = author.Actor,
        Source = author.Source,
        Resource = new() { Type = "ledger", Id = run.Tenant },
        Outcome = new() { Result = run.IsSound == true ? OutcomeResult.Success : OutcomeResult.Failure, Reason = EventText.Clean(run.Fault) },
        Labels = new Dictionary<string, string> { ["size"] = run.Size.ToString(CultureInfo.InvariantCulture), ["root"] = run.Root! },
    });

    /// <summary>The tree as far as it was computed.</summary>
    private sealed class Walk(string tenant)
    {
        private readonly List<(long Index, MerkleHash Hash)> _nodes = [];

        public string Tenant => tenant;

        public TreeFrontier Tree { get; } = new();

        public long WithoutBody { get; set; }

        public void Add(in MerkleHash leaf) => Tree.Add(leaf, (node, hash) =>
        {
            if (node.Level == StoredLevel) _nodes.Add((node.Index, hash));
        });

        public List<(long Index, MerkleHash Hash)> TakeNodes()
        {
            var taken = _nodes.ToList();
            _nodes.Clear();
            return taken;
        }
    }
}
