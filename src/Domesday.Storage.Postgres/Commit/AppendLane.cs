using System.Threading.Channels;
using Domesday.Core.Problems;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>Writes for some of the ledgers: while one group is being committed, the next one gathers.</summary>
internal sealed class AppendLane : IAsyncDisposable
{
    private const int GroupBytesMax = 8 * 1024 * 1024;
    private const int GroupEventsMax = 20_000;
    private const int Attempts = 2;

    /// <summary>So many groups ask which of their ids are known, after one that brought a known one. Nearly all events are new, and asking costs as much as storing their ids.</summary>
    private const int AskAfterRepetition = 32;

    private static readonly TimeSpan RoomMax = TimeSpan.FromSeconds(5);
    /// <summary>An attempt that took longer is not followed by another, and who waited behind it as long is refused with it: they can come again.</summary>
    private static readonly TimeSpan AgainMax = TimeSpan.FromSeconds(5);

    /// <summary>For learning what became of a commit, from the beginning of its transaction on.</summary>
    private static readonly TimeSpan OutcomeMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AskMin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<AppendTicket> _waiting = Channel.CreateUnbounded<AppendTicket>(new() { SingleReader = true });
    private readonly LaneParts _parts;
    private readonly Task _loop;
    private (List<AppendTicket> Tickets, Task<GroupDraft?> Draft)? _ahead;
    private int _repetitions;
    private long _bytes;
    private volatile TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AppendLane(LaneParts parts)
    {
        _parts = parts;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Bytes that wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Stores a batch, waiting for room if there is none.</summary>
    public async ValueTask<Result<IReadOnlyList<Core.Storage.Receipt>>> AppendAsync(AppendTicket ticket, CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before the bytes are looked at: room that comes in between completes it.
            var room = _room.Task;
            if (Interlocked.Read(ref _bytes) is var waiting && (waiting == 0 || waiting + ticket.Bytes <= _parts.WaitingBytesMax)) break;
            var left = RoomMax - _parts.Time.GetElapsedTime(ticket.Since);
            if (left <= TimeSpan.Zero || await Task.WhenAny(room, Task.Delay(left, _parts.Time, cancellation)) != room)
            {
                cancellation.ThrowIfCancellationRequested();
                return new Problem(ProblemKind.Unavailable, "More is being sent than can be stored.", RetryAfter: TimeSpan.FromSeconds(1));
            }
        }
        Interlocked.Add(ref _bytes, ticket.Bytes);
        if (!_waiting.Writer.TryWrite(ticket)) return new Problem(ProblemKind.Unavailable, "The service is stopping.", RetryAfter: RoomMax);
        return await ticket.Done.WaitAsync(cancellation);
    }

    /// <summary>Stores what waits, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        while (_ahead is not null || await _waiting.Reader.WaitToReadAsync())
        {
            var (group, draft) = _ahead is { } ahead ? ahead : (Gather(), (Task<GroupDraft?>?)null);
            _ahead = null;
            if (group.Count == 0) continue;
            var outage = await StoreAsync(group, draft is null ? null : await draft);
            Interlocked.Add(ref _bytes, -group.Sum(ticket => (long)ticket.Bytes));
            if (outage is not null) await RefuseLateAsync(outage);
            Interlocked.Exchange(ref _room, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    /// <summary>Takes what waits as one group.</summary>
    private List<AppendTicket> Gather()
    {
        var group = new List<AppendTicket>();
        var (bytes, events) = (0, 0);
        while (_waiting.Reader.TryPeek(out var next) && (group.Count == 0 || (bytes + next.Bytes <= GroupBytesMax && events + next.Batch.Entries.Count <= GroupEventsMax)))
        {
            _waiting.Reader.TryRead(out _);
            (bytes, events) = (bytes + next.Bytes, events + next.Batch.Entries.Count);
            group.Add(next);
        }
        return group;
    }

    /// <summary>While the database works on one group, the next one is computed.</summary>
    private void LookAhead(IReadOnlyList<LedgerTurn> turns)
    {
        if (_ahead is not null || Gather() is not { Count: > 0 } group) return;
        _ahead = (group, Task.Run(() => TryDraft(group, turns)));
    }

    /// <summary>Who waited long behind a group that the database did not take is refused with it, and not after as long again.</summary>
    private async ValueTask RefuseLateAsync(Problem outage)
    {
        if (_ahead is { } ahead)
        {
            await ahead.Draft;
            // Looked at once: meanwhile more of them become late.
            var byLateness = ahead.Tickets.ToLookup(IsLate);
            _ahead = ([.. byLateness[false]], Task.FromResult<GroupDraft?>(null));
            foreach (var ticket in byLateness[true]) Refuse(ticket);
        }
        while (_waiting.Reader.TryPeek(out var next) && IsLate(next) && _waiting.Reader.TryRead(out next)) Refuse(next);

        bool IsLate(AppendTicket ticket) => _parts.Time.GetElapsedTime(ticket.Since) > AgainMax;

        void Refuse(AppendTicket ticket)
        {
            Interlocked.Add(ref _bytes, -ticket.Bytes);
            ticket.Complete(outage);
        }
    }

    private static GroupDraft? TryDraft(IReadOnlyList<AppendTicket> group, IReadOnlyList<LedgerTurn> turns)
    {
        try
        {
            return GroupDraft.Ahead(group, turns);
        }
        catch (FormatException)
        {
            // A batch that cannot be read fails by itself when its turn comes.
            return null;
        }
    }

    /// <returns>Why the database did not take it, when it can take nothing now; null otherwise.</returns>
    private async Task<Problem?> StoreAsync(IReadOnlyList<AppendTicket> tickets, GroupDraft? draft)
    {
        var started = _parts.Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await TryStoreAsync(tickets, attempt == 1 ? draft : null)) return null;
            }
            catch (NpgsqlException exception) when (Outage.Is(exception))
            {
                if (attempt < Attempts && _parts.Time.GetElapsedTime(started) < AgainMax) continue;
                _parts.Failed(exception);
                var outage = Outage.Problem(exception);
                foreach (var ticket in tickets) ticket.Complete(outage);
                return outage;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                _parts.Failed(exception);
                if (tickets is [var only]) only.Fail(exception);
                // One that cannot be stored must not take its neighbours along.
                else foreach (var ticket in tickets) await StoreAsync([ticket], null);
                return null;
            }
        }
    }

    /// <returns>False when it was not stored and is to be tried again.</returns>
    private async Task<bool> TryStoreAsync(IReadOnlyList<AppendTicket> tickets, GroupDraft? draft)
    {
        var today = _parts.Today();
        await _parts.Partitions.EnsureAsync(today, CancellationToken.None);
        foreach (var ledger in tickets.Select(ticket => ticket.Ledger).Distinct()) await _parts.Ledgers.EnsureAsync(ledger, CancellationToken.None);
        var started = _parts.Time.GetTimestamp();
        var connection = await _parts.Source.OpenConnectionAsync();
        try
        {
            var asks = _repetitions > 0;
            var commit = new GroupCommit(connection, tickets, today, _parts.RollUpAfter, draft, asks);
            await commit.PrepareAsync(CancellationToken.None);
            LookAhead(commit.Turns);
            try
            {
                await commit.SendAsync(CancellationToken.None);
            }
            catch (PostgresException exception) when (!asks && GroupCommit.IsKnownId(exception))
            {
                // Who repeats one batch is likely to repeat the next.
                _repetitions = AskAfterRepetition;
                return false;
            }
            if (asks) _repetitions--;
            try
            {
                await commit.CommitAsync(CancellationToken.None);
            }
            catch (NpgsqlException exception) when (exception is not PostgresException)
            {
                // The answer was lost: only the database knows.
                await connection.DisposeAsync();
                if (await IsCommittedAsync(commit.TransactionId!, started) is not { } isCommitted) throw;
                if (!isCommitted) return false;
                connection = await _parts.Source.OpenConnectionAsync();
            }
            await commit.PublishAsync(connection, CancellationToken.None);
            _parts.Committed(tickets.Count, commit.Events, _parts.Time.GetElapsedTime(started));
            return true;
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    /// <param name="started">When its transaction began.</param>
    /// <returns>Null when the database does not know, or cannot be asked.</returns>
    private async Task<bool?> IsCommittedAsync(string transaction, long started)
    {
        var left = OutcomeMax - _parts.Time.GetElapsedTime(started);
        using var limit = new CancellationTokenSource(left > AskMin ? left : AskMin, _parts.Time);
        while (true)
        {
            try
            {
                await using var command = _parts.Source.CreateCommand("select pg_xact_status($1::text::xid8)");
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = transaction });
                var status = await command.ExecuteScalarAsync(limit.Token) as string;
                if (status == "committed") return true;
                if (status == "aborted") return false;
                // In progress: the server has not noticed yet that we are gone.
                await Task.Delay(AskPause, _parts.Time, limit.Token);
            }
            catch (PostgresException exception) when (!Outage.Is(exception))
            {
                // A number that a promoted standby has never reached.
                return null;
            }
            catch (NpgsqlException)
            {
                // Not back yet.
                await Task.Delay(AskPause, _parts.Time, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }
}

/// <summary>What a lane works with.</summary>
/// <param name="Today">The day of the partition to write to.</param>
/// <param name="Committed">Hears of batches, events and the time they took.</param>
/// <param name="Failed">Hears why a group was not stored.</param>
internal sealed record LaneParts(
    NpgsqlDataSource Source, LedgerMap Ledgers, Partitions Partitions, TimeProvider Time, Func<int> Today, int RollUpAfter, long WaitingBytesMax, Action<int, long, TimeSpan> Committed, Action<Exception> Failed);
