using System.Collections.Concurrent;
using System.Data;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Storage.Postgres.Ledgers;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Domesday.Storage.Postgres.Nodes;

/// <summary>Leases as rows: their holder renews them, and stops by its own clock before they expire by the database's.</summary>
internal sealed class PostgresNodes : IWorkLeases, IAsyncDisposable
{
    /// <summary>How long a node that died keeps others waiting, at most.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(6);

    /// <summary>From the begin of a renewal on. Shorter than the lifetime by more than a turn and a pause of the process should take.</summary>
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LockMax = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, long?> _renewed = new(StringComparer.Ordinal);
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Task _loop;

    public PostgresNodes(NpgsqlDataSource source, TimeProvider time, ILogger logger)
    {
        (_source, _time, _logger) = (source, time, logger);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>This node, among those that run.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    public bool IsSole => false;

    public bool Holds(string work)
    {
        if (_renewed.TryGetValue(work, out var renewed)) return renewed is { } at && _time.GetElapsedTime(at) < HeldFor;
        if (_renewed.TryAdd(work, null)) _wanted.Release();
        return false;
    }

    public async ValueTask<Result<IAsyncDisposable>> LockAsync(string name, CancellationToken cancellation)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _source.OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand("select pg_advisory_lock(hashtextextended($1, 0))", connection) { CommandTimeout = (int)LockMax.TotalSeconds };
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Names.Lock(name) });
            await command.ExecuteNonQueryAsync(cancellation);
            return new HeldLock(connection, name);
        }
        catch (NpgsqlException exception) when (Outage.Is(exception))
        {
            if (connection is not null) await connection.DisposeAsync();
            return Outage.Problem(exception);
        }
        catch
        {
            if (connection is not null) await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives up what it holds, so that another node need not wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        try
        {
            await using var command = _source.CreateCommand("update lease set expires = clock_timestamp() where holder = $1");
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Id });
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // They expire by themselves.
        }
        _stop.Dispose();
        _wanted.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var work in _renewed.Keys) await RenewAsync(work);
            using var pause = new CancellationTokenSource(Renewal, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, _stop.Token);
            await _wanted.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RenewAsync(string work)
    {
        var begun = _time.GetTimestamp();
        try
        {
            await using var command = _source.CreateCommand("""
                insert into lease (name, holder, epoch, expires) values ($1, $2, 1, clock_timestamp() + $3)
                on conflict (name) do update set holder = $2, epoch = lease.epoch + (lease.holder <> $2)::int, expires = clock_timestamp() + $3
                where lease.holder = $2 or lease.expires < clock_timestamp() returning epoch
                """);
            command.CommandTimeout = (int)HeldFor.TotalSeconds;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = work });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Id });
            command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Lifetime });
            var epoch = await command.ExecuteScalarAsync(_stop.Token);
            if (epoch is long taken && _renewed[work] is null) NodeLog.Taken(_logger, work, taken);
            if (epoch is null && _renewed[work] is not null) NodeLog.Lost(_logger, work);
            _renewed[work] = epoch is long ? begun : null;
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        catch (NpgsqlException exception)
        {
            NodeLog.NotRenewed(_logger, exception, work);
        }
    }

    private static class Names
    {
        public static string Lock(string name) => "domesday " + name;
    }

    private sealed class HeldLock(NpgsqlConnection connection, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                // One that broke meanwhile has given the lock up.
                if (connection.State == ConnectionState.Open)
                {
                    await using var command = new NpgsqlCommand("select pg_advisory_unlock(hashtextextended($1, 0))", connection);
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Names.Lock(name) });
                    await command.ExecuteNonQueryAsync();
                }
            }
            catch (NpgsqlException)
            {
                // It went with the connection.
            }
            await connection.DisposeAsync();
        }
    }
}
