using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Storage.Postgres.Commit;
using Domesday.Storage.Postgres.Distribution;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Nodes;
using Domesday.Storage.Postgres.Reading;
using Domesday.Storage.Postgres.Schema;
using Domesday.Storage.Postgres.Trees;
using Domesday.Storage.Postgres.Upkeep;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Domesday.Storage.Postgres;

/// <summary>The engine for more than one machine: any number of nodes on one PostgreSQL.</summary>
public sealed class PostgresStore : IEventStore, IDroppedImport
{
    private const int DaysPerEpoch = 719_162;

    private static readonly TimeSpan TroubleFor = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource? _replica;
    private readonly LedgerMap _ledgers;
    private readonly Partitions _partitions;
    private readonly AppendLane[] _lanes;
    private readonly PostgresNodes _nodes;
    private readonly PostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Counter<long> _groups;
    private readonly Histogram<double> _commit;
    private readonly ConcurrentDictionary<string, long> _folded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _spread = new(StringComparer.Ordinal);
    private readonly BucketLayout _layout;
    private readonly ConcurrentDictionary<string, long> _joined = new(StringComparer.Ordinal);
    private readonly Channel<bool> _scrubs = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private (Problem Problem, long Since)? _trouble;
    private Problem? _unreachable;

    private PostgresStore(NpgsqlDataSource source, LedgerMap ledgers, PostgresOptions options, BucketLayout layout, TimeProvider time, ILogger logger, Meter meter)
    {
        _layout = layout;
        (_source, _ledgers, _options, _time, _logger) = (source, ledgers, options, time, logger);
        _partitions = new(source);
        _groups = meter.CreateCounter<long>("domesday_store_groups_total", "{group}", "Transactions that stored events.");
        _commit = meter.CreateHistogram<double>("domesday_store_commit_seconds", "s", "Time that the database took to store a group of batches.");
        var parts = new LaneParts(source, ledgers, _partitions, time, () => Today, options.RollUpAfter, options.WaitingBytesMax, Committed, Failed);
        _lanes = [.. Enumerable.Range(0, options.Lanes).Select(_ => new AppendLane(parts))];
        meter.CreateObservableGauge("domesday_store_queue_bytes", () => _lanes.Sum(lane => lane.Bytes), "By", "Bytes that wait to be stored.");
        _replica = options.ReadConnectionString is { } replica ? PostgresSource.Create(replica) : null;
        Reader = new PostgresReader(new(source, _replica, ledgers), ledgers, time);
        _nodes = new(source, time, logger);
        Trees = new PostgresTrees(source, ledgers, _nodes.Id);
        Checkpoints = new SharedCheckpoints(source, _nodes.Id);
        Files = new SharedFiles(source);
        KeptByForwarding = new KeptFiles(source, Work.Forwarding, "", _nodes.Id);
        KeptByAlerts = new KeptFiles(source, Work.Alerts, "alerts/", _nodes.Id);
        KeptBySealing = new KeptFiles(source, Work.Sealing, "sealing/", _nodes.Id);
        AskedOfForwarding = new KeptFiles(source, null, "asked/", _nodes.Id);
    }

    public IEventReader Reader { get; }

    public ITreeStore Trees { get; }

    /// <summary>The service's other nodes.</summary>
    public IWorkLeases Nodes => _nodes;

    public ICheckpointShare Checkpoints { get; }

    public ISharedFiles Files { get; }

    /// <summary>How far sinks are, and what their receivers rejected.</summary>
    public IKeptFiles KeptByForwarding { get; }

    /// <summary>How far alert rules have looked, and what they remember.</summary>
    public IKeptFiles KeptByAlerts { get; }

    /// <summary>What witnesses cosigned.</summary>
    public IKeptFiles KeptBySealing { get; }

    /// <summary>What people asked of sinks on a node that does not forward.</summary>
    public IKeptFiles AskedOfForwarding { get; }

    public IReadOnlyList<string> Tenants => [.. _ledgers.All.Where(ledger => ledger.Size > 0).Select(ledger => ledger.Name)];

    public Problem? NotAccepting => _unreachable ?? (_trouble is { } trouble && _time.GetElapsedTime(trouble.Since) < TroubleFor ? trouble.Problem : null);

    private int Today => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).DayNumber - DaysPerEpoch;

    /// <summary>Opens the store: brings the schema up to date, makes today's partitions, reads which ledgers there are.</summary>
    /// <exception cref="IOException">The database cannot be reached, or was made by a newer version.</exception>
    public static async ValueTask<PostgresStore> OpenAsync(PostgresOptions options, TimeProvider time, ILogger logger, Meter meter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(meter);
        var source = PostgresSource.Create(options.ConnectionString);
        try
        {
            IDistribution distribution = new OneServer();
            await Migrations.RunAsync(source, async (connection, stop) => distribution = await ArrangeAsync(connection, stop), cancellation);
            var layout = new BucketLayout(options.Buckets ?? distribution.Buckets, options.BucketsFrom, options.BucketStripeEvents);
            var store = new PostgresStore(source, new(source, options.CacheBytesMax), options, layout, time, logger, meter);
            await store.StartAsync(cancellation);
            return store;
        }
        catch (NpgsqlException exception)
        {
            await source.DisposeAsync();
            throw new IOException($"The database cannot be used: {exception.Message}", exception);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public long Size(string tenant) => _ledgers.Find(tenant)?.Size ?? 0;

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => _ledgers.GetOrAdd(tenant).WaitBeyondAsync(size, cancellation);

    public ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation)
    {
        var lane = _lanes[(int)((uint)string.GetHashCode(tenant, StringComparison.Ordinal) % (uint)_lanes.Length)];
        return lane.AppendAsync(new(_ledgers.GetOrAdd(tenant), batch, _time.GetTimestamp()), cancellation);
    }

    public async ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation)
    {
        if (_ledgers.Find(tenant) is not { Identity: not null } ledger) throw new ArgumentException("There is no such ledger.", nameof(tenant));
        if (ledger.Leaves.Take(first, count) is { } recent) return recent;
        try
        {
            await using var session = await ReadSession.OpenAsync(_source, cancellation);
            var leaves = await LeafReader.ReadAsync(session.Connection, ledger, [.. Enumerable.Range(0, count).Select(index => first + index)], cancellation);
            return Enumerable.Range(0, count).Select(index => leaves[first + index]).ToArray();
        }
        catch (CorruptLedgerException exception)
        {
            return new Problem(ProblemKind.Corrupt, exception.Message);
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            return Outage.Problem(exception);
        }
    }

    public LedgerUsage Usage(string tenant) => _ledgers.Find(tenant) is { } ledger ? new(ledger.First, ledger.Size, ledger.Bytes) : default;

    public DroppedEvents Due(string tenant, Timestamp before, long sealedSize)
    {
        if (_ledgers.Find(tenant) is not { Identity: not null } ledger) return default;
        using var connection = _source.OpenConnection();
        var due = new Retirement(_source, ledger, Today).Due(LeafReader.Days(connection, ledger.Identity.Id), before.Microseconds, sealedSize);
        return new(due.Sum(day => day.Events), due.Sum(day => day.Bytes));
    }

    public async ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation)
    {
        try
        {
            if (await _ledgers.HeardOfAsync(tenant, cancellation) is not { } ledger) return default(DroppedEvents);
            return await new Retirement(_source, ledger, Today).DropAsync(before.Microseconds, sealedSize, cancellation);
        }
        catch (CorruptLedgerException exception)
        {
            return new Problem(ProblemKind.Corrupt, exception.Message);
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            return Outage.Problem(exception);
        }
    }

    public async ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0) return 0L;
        try
        {
            if (await _ledgers.HeardOfAsync(tenant, cancellation) is not { } ledger) return 0L;
            var erased = await new Erasure(_source, ledger).RunAsync(sequences, cancellation);
            _scrubs.Writer.TryWrite(true);
            return erased;
        }
        catch (CorruptLedgerException exception)
        {
            return new Problem(ProblemKind.Corrupt, exception.Message);
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            return Outage.Problem(exception);
        }
    }

    public LedgerErasures Erasures(string tenant) => _ledgers.Find(tenant) is { Erasures: var erasures } ? new(erasures.Events, erasures.Pending) : default;

    public async ValueTask<Problem?> AdoptDroppedAsync(string tenant, long first, ReadOnlyMemory<MerkleHash> leaves, CancellationToken cancellation)
    {
        var ledger = _ledgers.GetOrAdd(tenant);
        try
        {
            await _ledgers.EnsureAsync(ledger, cancellation);
            return await new Adoption(_source, ledger).RunAsync(first, leaves, cancellation);
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            return Outage.Problem(exception);
        }
    }

    /// <summary>Whether a node runs that has work of its own on this database.</summary>
    public async ValueTask<bool> HasNodesAsync(CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("select exists (select from lease where expires > clock_timestamp())");
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>Joins what came last into blocks; a loop calls it.</summary>
    internal async Task JoinAsync(CancellationToken cancellation)
    {
        // Another node may have died over it.
        _scrubs.Writer.TryWrite(true);
        foreach (var ledger in _ledgers.All.Where(ledger => ledger.Identity is not null && ledger.Size != _joined.GetValueOrDefault(ledger.Name)))
        {
            var size = ledger.Size;
            if (await new BlockJoin(_source, ledger, _options.BlockEvents, Today).RunAsync(cancellation)) _joined[ledger.Name] = size;
        }
    }

    /// <summary>Takes the bytes of erased events out of the tables, also of those that another node erased and did not come to.</summary>
    internal async Task ScrubAsync(CancellationToken cancellation)
    {
        foreach (var ledger in _ledgers.All.Where(ledger => ledger.Identity is not null && ledger.Erasures.Pending > 0))
        {
            while (await new Scrub(_source, ledger).StepAsync(cancellation))
            {
                // Its roll-ups have rows that take something off others.
                _folded.TryRemove(ledger.Name, out _);
            }
        }
    }

    /// <summary>Joins roll-ups, spreads large ledgers over their buckets, makes partitions ahead and drops those that nobody has any more; a loop calls it.</summary>
    internal async Task TidyAsync(CancellationToken cancellation)
    {
        await _partitions.MakeAheadAsync(Today, cancellation);
        foreach (var ledger in _ledgers.All.Where(ledger => ledger.Identity is not null && ledger.Size != _folded.GetValueOrDefault(ledger.Name)))
        {
            var size = ledger.Size;
            if (await RollupFold.RunAsync(_source, ledger.Identity!.Id, Today, cancellation)) _folded[ledger.Name] = size;
        }
        foreach (var ledger in _ledgers.All.Where(ledger => ledger.Identity is not null && ledger.Size >= _layout.From && ledger.Size != _spread.GetValueOrDefault(ledger.Name, -1)))
        {
            var size = ledger.Size;
            if (await new BucketSpread(_source, ledger, _layout).RunAsync(cancellation)) _spread[ledger.Name] = size;
        }
        await _partitions.DropRetiredAsync(cancellation);
    }

    /// <summary>Stores what waits, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        foreach (var lane in _lanes) await lane.DisposeAsync();
        await _stop.CancelAsync();
        foreach (var loop in _loops) await loop;
        await _nodes.DisposeAsync();
        if (_replica is not null) await _replica.DisposeAsync();
        _ledgers.Dispose();
        await _source.DisposeAsync();
        _stop.Dispose();
    }

    private static async ValueTask<IDistribution> ArrangeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select exists (select from pg_extension where extname = 'citus')", connection);
        IDistribution distribution = await command.ExecuteScalarAsync(cancellation) is true ? new CitusServers() : new OneServer();
        await distribution.ApplyAsync(connection, Migrations.All, cancellation);
        return distribution;
    }

    private async ValueTask StartAsync(CancellationToken cancellation)
    {
        await _partitions.MakeAheadAsync(Today, cancellation);
        await _ledgers.RefreshAsync(cancellation);
        await CheckDurabilityAsync(cancellation);
        _loops.Add(Task.Run(() => LoopAsync(_options.Poll, PollAsync), CancellationToken.None));
        _loops.Add(Task.Run(() => LoopAsync(_options.Join, () => TryAsync(JoinAsync)), CancellationToken.None));
        _loops.Add(Task.Run(ScrubLoopAsync, CancellationToken.None));
        _loops.Add(Task.Run(() => LoopAsync(_options.Upkeep, () => TryAsync(TidyAsync)), CancellationToken.None));
    }

    private async ValueTask CheckDurabilityAsync(CancellationToken cancellation)
    {
        await using var command = _source.CreateCommand("select current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on', current_setting('server_version')");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        if (!reader.GetBoolean(0)) StoreLog.NotDurable(_logger, "fsync");
        if (!reader.GetBoolean(1)) StoreLog.NotDurable(_logger, "full_page_writes");
        StoreLog.Opened(_logger, reader.GetString(2), _ledgers.All.Count());
    }

    private async Task LoopAsync(TimeSpan pause, Func<Task> turn)
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_stop.IsCancellationRequested) await turn();
        }
    }

    private async Task ScrubLoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await TryAsync(async cancellation =>
            {
                await _scrubs.Reader.ReadAsync(cancellation);
                await ScrubAsync(cancellation);
            });
        }
    }

    private async Task PollAsync()
    {
        try
        {
            await _ledgers.RefreshAsync(_stop.Token);
            _unreachable = null;
        }
        catch (OperationCanceledException)
        {
            // The store closes.
        }
        catch (NpgsqlException exception)
        {
            if (_unreachable is null) StoreLog.PollFailed(_logger, exception);
            _unreachable = Outage.Problem(exception);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The store closes.
        }
        catch (Exception exception) when (exception is NpgsqlException or CorruptLedgerException)
        {
            StoreLog.UpkeepFailed(_logger, exception);
        }
    }

    private void Committed(int batches, long events, TimeSpan took)
    {
        _trouble = null;
        _groups.Add(1);
        if (events > 0) _commit.Record(took.TotalSeconds);
    }

    private void Failed(Exception exception)
    {
        StoreLog.CommitFailed(_logger, exception);
        if (exception is NpgsqlException outage && Outage.Is(outage)) _trouble = (Outage.Problem(outage), _time.GetTimestamp());
    }
}
