using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.Metrics;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Sealing;

/// <summary>Keeps every ledger's tree and signed checkpoint a moment behind its events.</summary>
/// <remarks>
/// A checkpoint is published only after its tree is stored and the checkpoint itself is on disk. A ledger that no longer agrees with what was
/// signed for it is broken: it gets no further checkpoints until the service starts again with the ledger as it was.
/// </remarks>
public sealed class Sealer : IDisposable
{
    private const int RecordedAtOnceMax = 256;
    private const int RetrySeconds = 10;

    private static readonly TimeSpan RecordAfter = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, LedgerSeal> _seals = new(StringComparer.Ordinal);
    private readonly IEventStore _store;
    private readonly SealingOptions _options;
    private readonly SigningKeys _keys;
    private readonly CheckpointSigner _signer;
    private readonly CheckpointFile _record;
    private readonly SealingNodes _nodes;
    private readonly SealingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DateTimeOffset _recordAgainAt;
    private bool _isFollowing;

    private Sealer(IEventStore store, SealingOptions options, SealingNodes nodes, SigningKeys keys, CheckpointFile record, Meter meter, TimeProvider time, ILogger logger)
    {
        (_store, _options, _nodes, _keys, _record, _time, _logger) = (store, options, nodes, keys, record, time, logger);
        _isFollowing = nodes.Share is not null;
        _signer = new(keys, options.Origin);
        _metrics = new(meter, LagEvents, LagSeconds, () => _seals.Values.Count(seal => seal.Broken is not null));
    }

    /// <summary>Reads the signing key, or makes it, and the record of what was signed.</summary>
    /// <returns>A problem that must stop the start: a wrong passphrase, a damaged file, a record that the key did not sign.</returns>
    /// <exception cref="IOException">The data folder cannot be read or written.</exception>
    public static Result<Sealer> Open(IEventStore store, SealingOptions options, Meter meter, TimeProvider time, ILogger<Sealer> logger) =>
        Open(store, options, SealingNodes.Sole, meter, time, logger);

    /// <inheritdoc cref="Open(IEventStore, SealingOptions, Meter, TimeProvider, ILogger{Sealer})"/>
    /// <param name="nodes">The other nodes of the service: one of them seals, and the others show what it signed.</param>
    public static Result<Sealer> Open(IEventStore store, SealingOptions options, SealingNodes nodes, Meter meter, TimeProvider time, ILogger<Sealer> logger)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(options);
        if (!NoteKey.IsName(options.Origin)) return new Problem(ProblemKind.Invalid, "The origin of checkpoints has no white space and no plus sign.", "DOMESDAY_ORIGIN");
        var record = CheckpointFile.Open(options.CheckpointFile);
        if (!record.IsOk) return record.Problem;
        if (record.Value.Notes.Count > 0 && !File.Exists(options.KeyFile))
        {
            return new Problem(ProblemKind.Corrupt, $"The signing key {options.KeyFile} is missing, but {options.CheckpointFile} holds checkpoints. Put the key back, or move the record away to start with a new key.");
        }
        var keys = SigningKeyFile.Open(options.KeyFile, options.KeyPassphrase, time);
        if (!keys.IsOk) return keys.Problem;
        var sealer = new Sealer(store, options, nodes, keys.Value, record.Value, meter, time, logger);
        if (sealer.TakeUpRecord() is { } problem)
        {
            sealer.Dispose();
            return problem;
        }
        return sealer;
    }

    /// <summary>Ledgers that lost or changed what was vouched for, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Broken =>
        _seals.Values.Where(seal => seal.Broken is not null).ToDictionary(seal => seal.Tenant, seal => seal.Broken!, StringComparer.Ordinal);

    /// <summary>All ledgers that are sealed.</summary>
    public IReadOnlyCollection<string> Ledgers => [.. _seals.Keys];

    /// <summary>The keys that verify a ledger's checkpoints, the one that signs today first.</summary>
    public IReadOnlyList<NoteKey> KeysOf(string tenant) => _signer.KeysOf(tenant);

    /// <summary>Why a ledger is broken; null when it is not.</summary>
    public string? BrokenReason(string tenant) => _seals.TryGetValue(tenant, out var seal) ? seal.Broken : null;

    /// <summary>The ledger's last checkpoint, also of a broken one: it says what was vouched for.</summary>
    /// <returns>The checkpoint of the empty tree for a new ledger; <see cref="ProblemKind.Unavailable"/> until an old one is examined after the start.</returns>
    public Result<SealedHead> HeadOf(string tenant)
    {
        var seal = _seals.GetValueOrDefault(tenant);
        if (seal?.Head is { } head) return head;
        if (seal is { Broken: not null, Vouched: { } vouched }) return vouched;
        if (seal is null or { IsNew: true }) return _signer.Sign(tenant, 0, MerkleHash.EmptyRoot);
        return new Problem(ProblemKind.Unavailable, "The ledger is being sealed: come again in a moment.", RetryAfter: TimeSpan.FromSeconds(1));
    }

    /// <summary>Has the tree of a ledger built again from its entries, because a stored node could not be read.</summary>
    public void Rebuild(string tenant)
    {
        if (_seals.TryGetValue(tenant, out var seal)) seal.IsRebuildWanted = true;
    }

    /// <summary>Gives each ledger that has grown a turn. Not for several threads at once.</summary>
    /// <returns>Whether a ledger has further leaves to seal right away.</returns>
    public async ValueTask<bool> SealAsync(CancellationToken cancellation)
    {
        if (_time.GetUtcNow() < _recordAgainAt) return false;
        if (_nodes.Share is { } share && (_isFollowing || !_nodes.Leases.Holds(Work.Sealing)))
        {
            await FollowAsync(share, cancellation);
            _isFollowing = !_nodes.Leases.Holds(Work.Sealing);
            // What others sealed meanwhile is examined before anything is signed.
            if (_isFollowing) return false;
        }
        var more = false;
        var pending = new List<(LedgerSeal Seal, SealedHead Head)>();
        var started = _time.GetTimestamp();
        foreach (var seal in Grown())
        {
            if (await TurnAsync(seal, cancellation) is { } head) pending.Add((seal, head));
            more |= seal.Broken is null && seal.RetryAt <= _time.GetUtcNow() && (seal.Tree?.Size ?? -1) < _store.Size(seal.Tenant);
            if (pending.Count < RecordedAtOnceMax && _time.GetElapsedTime(started) < RecordAfter) continue;
            await PublishAsync(pending, cancellation);
            started = _time.GetTimestamp();
        }
        await PublishAsync(pending, cancellation);
        return more;
    }

    public void Dispose()
    {
        _record.Dispose();
        _keys.Dispose();
    }

    private Problem? TakeUpRecord()
    {
        foreach (var (tenant, note) in _record.Notes)
        {
            if (_signer.Recognise(tenant, note) is not { } head)
            {
                return new(ProblemKind.Corrupt, $"{_options.CheckpointFile} holds a checkpoint of ledger {tenant} that the signing key did not sign for {_signer.OriginOf(tenant)}. "
                    + "Put back the key and the origin that were used before, or move the record away to start without it.");
            }
            _seals[tenant] = new(tenant, head, isNew: false);
        }
        foreach (var tenant in _store.Tenants) _seals.TryAdd(tenant, new(tenant, null, isNew: false));
        if (_record.WasTorn) SealingLog.RecordTorn(_logger);
        SealingLog.Opened(_logger, _keys.Active.KeyNamed(_options.Origin), _record.Notes.Count);
        return null;
    }

    /// <summary>The ledgers that have something to seal or to examine.</summary>
    private IEnumerable<LedgerSeal> Grown()
    {
        foreach (var tenant in _store.Tenants) _seals.GetOrAdd(tenant, static name => new(name, null, isNew: true));
        var now = _time.GetUtcNow();
        foreach (var seal in _seals.Values)
        {
            if (seal.Broken is not null) continue;
            var isCurrent = seal is { IsExamined: true, IsRebuildWanted: false, Head: { } head } && _store.Size(seal.Tenant) == head.Size;
            if (isCurrent) seal.BehindSince = null;
            else seal.BehindSince ??= now;
            if (!isCurrent && seal.RetryAt <= now) yield return seal;
        }
    }

    /// <returns>A checkpoint to be published.</returns>
    private async ValueTask<SealedHead?> TurnAsync(LedgerSeal seal, CancellationToken cancellation)
    {
        try
        {
            var advanced = await AdvanceAsync(seal, cancellation);
            if (!advanced.IsOk) Delay(seal, null, advanced.Problem.Detail);
            return advanced.IsOk ? advanced.Value : null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Delay(seal, exception, exception.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            seal.Tree = null;
            throw;
        }
    }

    private async ValueTask<Result<SealedHead?>> AdvanceAsync(LedgerSeal seal, CancellationToken cancellation)
    {
        var size = _store.Size(seal.Tenant);
        var vouched = seal.Vouched;
        if (vouched?.Size > size) return Break(seal, $"it has {size} events, fewer than the {vouched.Size} that its last checkpoint vouches for");
        if (seal.IsRebuildWanted) (seal.Tree, seal.IsBuiltFromEntries) = (null, true);
        if (seal.Tree is null) await OpenAsync(seal, vouched?.Size ?? 0, cancellation);
        var tree = seal.Tree!;
        var goal = seal.IsExamined ? size : vouched?.Size ?? size;
        if (await tree.AdvanceAsync(Math.Min(goal, tree.Size + _options.LeavesPerTurnMax), cancellation) is { } problem) return problem;
        if (!seal.IsExamined)
        {
            if (tree.Size < goal) return (SealedHead?)null;
            if (vouched is not null && tree.Root != vouched.Checkpoint.Root) return Disagree(seal, vouched);
            (seal.IsExamined, seal.IsBuiltFromEntries) = (true, false);
            if (vouched is not null)
            {
                seal.Head = vouched;
                // Other nodes may not have it: it was signed before there were any.
                return _nodes.Share is null || seal.IsShared ? null : vouched;
            }
        }
        return seal.Head is { } head && head.Size == tree.Size ? null : _signer.Sign(seal.Tenant, tree.Size, tree.Root);
    }

    private async ValueTask OpenAsync(LedgerSeal seal, long vouchedSize, CancellationToken cancellation)
    {
        seal.IsExamined = false;
        seal.Tree = await TreeBuilder.OpenAsync(_store, seal.Tenant, seal.IsBuiltFromEntries ? 0 : vouchedSize, cancellation);
        if (seal.Tree.Size == 0) seal.IsBuiltFromEntries = true;
        seal.IsRebuildWanted = false;
    }

    /// <summary>Stored nodes may be at fault: the entries have the last word.</summary>
    private SealedHead? Disagree(LedgerSeal seal, SealedHead vouched)
    {
        if (seal.IsBuiltFromEntries) return Break(seal, $"its first {vouched.Size} events are not the ones that its last checkpoint vouches for");
        SealingLog.BuildingAgain(_logger, seal.Tenant);
        (seal.Tree, seal.IsBuiltFromEntries) = (null, true);
        return null;
    }

    private SealedHead? Break(LedgerSeal seal, string reason)
    {
        (seal.Broken, seal.Tree, seal.BehindSince) = (reason, null, null);
        SealingLog.Broken(_logger, seal.Tenant, reason);
        return null;
    }

    private void Delay(LedgerSeal seal, Exception? exception, string reason)
    {
        (seal.Tree, seal.RetryAt) = (null, _time.GetUtcNow().AddSeconds(RetrySeconds));
        SealingLog.Delayed(_logger, exception, seal.Tenant, RetrySeconds, reason);
    }

    /// <summary>Records checkpoints on disk, then shows them.</summary>
    private async ValueTask PublishAsync(List<(LedgerSeal Seal, SealedHead Head)> pending, CancellationToken cancellation)
    {
        if (pending.Count == 0) return;
        try
        {
            if (_nodes.Share is { } share && !await share.RecordAsync([.. pending.Select(one => new SignedSize(one.Seal.Tenant, one.Head.Size, one.Head.Note))], cancellation))
            {
                // Another node seals by now: what was signed here was never shown, and is forgotten.
                _isFollowing = true;
                pending.Clear();
                return;
            }
            _record.Record([.. pending.Select(one => (one.Seal.Tenant, one.Head.Note))]);
            foreach (var (seal, head) in pending)
            {
                (seal.Head, seal.IsShared) = (head, true);
                seal.BehindSince = _store.Size(seal.Tenant) > head.Size ? _time.GetUtcNow() : null;
            }
            _metrics.Signed(pending.Count);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DbException)
        {
            _recordAgainAt = _time.GetUtcNow().AddSeconds(RetrySeconds);
            SealingLog.NotRecorded(_logger, exception, pending.Count);
        }
        pending.Clear();
    }

    /// <summary>Shows what another node signed, and keeps a record of it here, beside the database.</summary>
    private async ValueTask FollowAsync(ICheckpointShare share, CancellationToken cancellation)
    {
        var newer = new List<(string Tenant, string Note)>();
        foreach (var (tenant, note) in await share.ReadAsync(cancellation))
        {
            var seal = _seals.GetOrAdd(tenant, static name => new(name, null, isNew: true));
            if (seal.Vouched?.Note == note || seal.Broken is not null) continue;
            if (_signer.Recognise(tenant, note) is not { } head) Break(seal, "the checkpoint that the nodes share was not signed by this node's key");
            else if (head.Size < seal.Vouched?.Size) Break(seal, $"the checkpoint that the nodes share vouches for {head.Size} events, and an earlier one that this node has seen for {seal.Vouched.Size}");
            else
            {
                seal.Follow(head);
                newer.Add((tenant, note));
            }
        }
        if (newer.Count > 0) _record.Record(newer);
    }

    private long LagEvents() => _seals.Values.Where(seal => seal.Broken is null).Sum(seal => _store.Size(seal.Tenant) - (seal.Vouched?.Size ?? 0));

    private double LagSeconds()
    {
        var oldest = _seals.Values.Min(seal => seal.BehindSince);
        return oldest is { } since ? (_time.GetUtcNow() - since).TotalSeconds : 0;
    }
}
