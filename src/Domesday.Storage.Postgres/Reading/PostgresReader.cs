using System.Runtime.CompilerServices;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;
using Domesday.Storage.Postgres.Ledgers;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Reading;

/// <summary>Answers queries, each in one transaction that sees one moment.</summary>
internal sealed class PostgresReader(ReadRouter router, LedgerMap map, TimeProvider time) : IEventReader
{
    private const int BatchEntries = 512;
    private const int Attempts = 3;

    /// <summary>An attempt that took longer is not followed by another: the caller is waiting, and can come again.</summary>
    private static readonly TimeSpan AgainMax = TimeSpan.FromSeconds(5);

    private static readonly Problem Erased = new(ProblemKind.Gone, "The event was erased.");
    private static readonly Problem Missing = new(ProblemKind.NotFound, "There is no such event.");

    public ValueTask<Result<EventPage>> ListAsync(AccessScope scope, EventQuery query, CancellationToken cancellation) => AnswerAsync<EventPage>(scope, async (session, ledgers) =>
    {
        var through = Now;
        var wanted = query.Limit == 0 ? 0 : query.Limit + 1L;
        var walk = Walk(session, ledgers, scope, query, wanted, withEntries: false);
        if (wanted > 0) await walk.SkipAsync(query.Offset, cancellation);
        var found = new List<(LedgerWalk Walk, FoundEvent Event)>();
        while (found.Count < wanted && await walk.NextAsync(cancellation) is { } next) found.Add(next);
        var more = wanted > 0 && found.Count == wanted;
        if (more) found.RemoveAt(found.Count - 1);
        var last = more ? found[^1].Event.Place : default;
        long? total = query.Total ? await new Aggregates(session, ledgers, scope, query.Filter).CountAsync(cancellation) : null;
        return new EventPage
        {
            // Without what was erased since this moment.
            Entries = [.. (await EntriesAsync(found, cancellation)).Where(entry => !entry.Bytes.IsEmpty)],
            Next = more ? new PageCursor(new(last.Time), scope.IsAllTenants ? last.Tenant : "", last.Sequence) : null,
            Total = total,
            CompleteThrough = through,
        };
    }, cancellation, query);

    public ValueTask<Result<StoredEntry>> GetAsync(AccessScope scope, long sequence, CancellationToken cancellation) =>
        OneAsync(scope, (_, ledger) => ValueTask.FromResult(sequence >= 0 && sequence < ledger.Size ? sequence : -1), cancellation);

    public ValueTask<Result<StoredEntry>> FindAsync(AccessScope scope, string id, CancellationToken cancellation) => OneAsync(scope, async (session, ledger) =>
    {
        if (id.Length == 0) return -1;
        await using var command = new NpgsqlCommand("select sequence from event_id where ledger = $1 and id = $2", session.Connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ledger.Id });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ValueHash.OfId(ledger.Ledger.Identity!.Salt, CanonicalText.Escape(id)) });
        return await command.ExecuteScalarAsync(cancellation) is long found ? found : -1;
    }, cancellation);

    public ValueTask<Result<ReadOnlyMemory<byte>>> AttachmentAsync(AccessScope scope, long sequence, string sha256, CancellationToken cancellation) => AnswerAsync<ReadOnlyMemory<byte>>(scope, async (session, ledgers) =>
    {
        var entry = await OneAsync(session, ledgers, scope, (_, ledger) => ValueTask.FromResult(sequence >= 0 && sequence < ledger.Size ? sequence : -1), cancellation);
        if (!entry.IsOk) return entry.Problem;
        var none = new Problem(ProblemKind.NotFound, "There is no such attachment.");
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower) || ledgers[0].DayOf(sequence) is not { } day) return none;
        var numbers = ledgers[0].Ledger.Numbers;
        await using var command = new NpgsqlCommand($"select raw_bytes, data from {Partitions.NameOf("attachment", day.Day)} where {numbers.Condition("$1")} and sequence = $2 and sha256 = $3 limit 1", session.Connection);
        command.Parameters.Add(numbers.Parameter());
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = sequence });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Convert.FromHexString(sha256) });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation)) return none;
        return (ReadOnlyMemory<byte>)ChunkFormat.Unpack(reader.GetFieldValue<byte[]>(1), reader.GetInt32(0), $"An attachment of entry {sequence} of the ledger {ledgers[0].Name}");
    }, cancellation);

    public ValueTask<Result<long>> CountAsync(AccessScope scope, EventFilter filter, CancellationToken cancellation) => AnswerAsync<long>(scope, async (session, ledgers) =>
        await new Aggregates(session, ledgers, scope, filter).CountAsync(cancellation), cancellation);

    public ValueTask<Result<Facets>> FacetsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, int valuesMax, CancellationToken cancellation) => AnswerAsync<Facets>(scope, async (session, ledgers) =>
    {
        var through = Now;
        var counts = await new Aggregates(session, ledgers, scope, filter).FacetsAsync(fields, cancellation);
        return new Facets { Fields = [.. fields.Select(field => FacetOf(field, counts[field], valuesMax))], CompleteThrough = through };
    }, cancellation);

    public ValueTask<Result<Histogram>> HistogramAsync(AccessScope scope, EventFilter filter, HistogramInterval? interval, CancellationToken cancellation) => AnswerAsync<Histogram>(scope, async (session, ledgers) =>
    {
        var through = Now;
        var (width, buckets) = await new Aggregates(session, ledgers, scope, filter).HistogramAsync(interval, cancellation);
        return new Histogram { Interval = width, Buckets = buckets, CompleteThrough = through };
    }, cancellation);

    public async IAsyncEnumerable<IReadOnlyList<StoredEntry>> ReadAsync(
        AccessScope scope, EventFilter filter, EventOrder order, bool descending, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!descending && order == EventOrder.Sequence && RecentRead.Find(map, scope, filter) is { } recent && await router.KnowsErasedAsync(recent.Ledger, cancellation))
        {
            foreach (var own in recent.Entries.Chunk(BatchEntries)) yield return own;
            yield break;
        }
        var (opened, ledgers) = await OpenAsync(scope, cancellation);
        await using var session = opened;
        var walk = Walk(session, ledgers, scope, new EventQuery { Filter = filter, Order = order, Descending = descending }, long.MaxValue, withEntries: true);
        var batch = new List<StoredEntry>(BatchEntries);
        while (await walk.NextAsync(cancellation) is { } next)
        {
            batch.Add(new(next.Event.Place.Tenant, next.Event.Place.Sequence, next.Event.Entry));
            if (batch.Count < BatchEntries) continue;
            yield return batch;
            batch = new(BatchEntries);
        }
        if (batch.Count > 0) yield return batch;
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    private static MergedWalk Walk(ReadSession session, IReadOnlyList<LedgerSnapshot> ledgers, AccessScope scope, EventQuery query, long wanted, bool withEntries)
    {
        var order = new WalkOrder(query.Order, query.Descending);
        return new([.. ledgers.Select(ledger => new LedgerWalk(session.Connection, ledger, BlockFilter.Of(ledger, scope, query.Filter), order, query.After, wanted, withEntries))], order);
    }

    /// <summary>The last that a session is asked for.</summary>
    private static async ValueTask<List<StoredEntry>> EntriesAsync(List<(LedgerWalk Walk, FoundEvent Event)> found, CancellationToken cancellation)
    {
        var entries = new StoredEntry[found.Count];
        var left = found.Count;
        foreach (var own in found.Index().GroupBy(item => item.Item.Walk))
        {
            var places = own.ToList();
            left -= places.Count;
            var bytes = await own.Key.Chunks.EntriesAsync([.. places.Select(place => place.Item.Event.Place.Sequence)], cancellation, isLast: left == 0);
            for (var i = 0; i < places.Count; i++) entries[places[i].Index] = new(own.Key.Ledger.Name, places[i].Item.Event.Place.Sequence, bytes[i]);
        }
        return [.. entries];
    }

    private static Facet FacetOf(EventField field, Dictionary<string, long> counts, int valuesMax)
    {
        var values = counts.Where(count => count.Value > 0).Select(count => new FacetValue(count.Key, count.Value)).ToArray();
        Array.Sort(values, (left, right) => left.Count != right.Count ? right.Count.CompareTo(left.Count) : string.CompareOrdinal(left.Value, right.Value));
        return new(field, values.Length > valuesMax ? values[..valuesMax] : values, values.Length);
    }

    private ValueTask<Result<StoredEntry>> OneAsync(AccessScope scope, Func<ReadSession, LedgerSnapshot, ValueTask<long>> find, CancellationToken cancellation)
    {
        if (scope.Tenant is null) throw new ArgumentException("This needs one tenant.", nameof(scope));
        return AnswerAsync<StoredEntry>(scope, (session, ledgers) => OneAsync(session, ledgers, scope, find, cancellation), cancellation);
    }

    private static async ValueTask<Result<StoredEntry>> OneAsync(
        ReadSession session, IReadOnlyList<LedgerSnapshot> ledgers, AccessScope scope, Func<ReadSession, LedgerSnapshot, ValueTask<long>> find, CancellationToken cancellation)
    {
        if (ledgers is not [var ledger] || await find(session, ledger) is not (>= 0 and var sequence)) return Missing;
        if (sequence < ledger.First) return scope.IsWholeTenant ? new Problem(ProblemKind.Gone, "The event was dropped when its retention ended.") : Missing;
        if (ledger.Erased.Contains(sequence)) return scope.IsWholeTenant ? Erased : Missing;
        var entry = (await new ChunkReader(session.Connection, ledger.Ledger, ledger.Days).EntriesAsync([sequence], cancellation))[0];
        // Erased since this moment.
        if (entry.IsEmpty) return scope.IsWholeTenant ? Erased : Missing;
        var slices = new FieldSlice[EventSchema.Count];
        EntrySlicer.Slice(entry.Span, slices);
        return new FilterMatcher(scope, EventFilter.All).Matches(entry.Span, slices, sequence) ? new StoredEntry(ledger.Name, sequence, entry) : Missing;
    }

    /// <summary>Begins a stream, again when the connection was lost before anything was read.</summary>
    private async ValueTask<(ReadSession Session, IReadOnlyList<LedgerSnapshot> Ledgers)> OpenAsync(AccessScope scope, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await router.OpenAsync(scope, page: null, isAgain: attempt > 1, cancellation);
            }
            catch (NpgsqlException exception) when (Outage.Is(exception) && attempt < Attempts && time.GetElapsedTime(started) < AgainMax)
            {
                // The pool held a connection that was gone.
            }
        }
    }

    /// <summary>Asks in a session of its own, and again when the connection was lost: nothing was changed.</summary>
    /// <param name="page">What is asked, if that is a page.</param>
    private async ValueTask<Result<T>> AnswerAsync<T>(AccessScope scope, Func<ReadSession, IReadOnlyList<LedgerSnapshot>, ValueTask<Result<T>>> answer, CancellationToken cancellation, EventQuery? page = null)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var (opened, ledgers) = await router.OpenAsync(scope, page, isAgain: attempt > 1, cancellation);
                await using var session = opened;
                return await answer(session, ledgers);
            }
            catch (CorruptLedgerException exception)
            {
                return new Problem(ProblemKind.Corrupt, exception.Message);
            }
            catch (NpgsqlException exception) when (Outage.Is(exception))
            {
                if (attempt == Attempts || time.GetElapsedTime(started) >= AgainMax) return Outage.Problem(exception);
            }
        }
    }
}
