using System.Runtime.CompilerServices;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Storage;

/// <summary>What a storage engine promises to those who read. Every answer comes from one snapshot that writers never block.</summary>
/// <remarks>All methods answer <see cref="ProblemKind.Corrupt"/> when bytes they need do not agree with their checksum.</remarks>
public interface IEventReader
{
    /// <summary>One page. The entries stay valid.</summary>
    ValueTask<Result<EventPage>> ListAsync(AccessScope scope, EventQuery query, CancellationToken cancellation);

    /// <summary>One entry by its sequence; <see cref="ProblemKind.NotFound"/> also when the scope does not cover it.</summary>
    /// <param name="scope">Of one tenant.</param>
    ValueTask<Result<StoredEntry>> GetAsync(AccessScope scope, long sequence, CancellationToken cancellation);

    /// <summary>One entry by the producer's id.</summary>
    /// <param name="scope">Of one tenant.</param>
    ValueTask<Result<StoredEntry>> FindAsync(AccessScope scope, string id, CancellationToken cancellation);

    /// <summary>A body that is kept beside an entry.</summary>
    /// <param name="scope">Of one tenant.</param>
    ValueTask<Result<ReadOnlyMemory<byte>>> AttachmentAsync(AccessScope scope, long sequence, string sha256, CancellationToken cancellation);

    /// <summary>How many events match, exactly.</summary>
    ValueTask<Result<long>> CountAsync(AccessScope scope, EventFilter filter, CancellationToken cancellation);

    /// <summary>Distinct values with their counts.</summary>
    /// <param name="valuesMax">Values for each field at most.</param>
    ValueTask<Result<Facets>> FacetsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, int valuesMax, CancellationToken cancellation);

    /// <summary>Events over time.</summary>
    /// <param name="interval">Null: chosen from the span of what matches.</param>
    ValueTask<Result<Histogram>> HistogramAsync(AccessScope scope, EventFilter filter, HistogramInterval? interval, CancellationToken cancellation);

    /// <summary>Everything that matches, of one snapshot, in constant memory.</summary>
    /// <returns>Batches of 1 to some thousand entries. A batch's bytes are valid until the next one is asked for.</returns>
    /// <exception cref="CorruptLedgerException">While streaming, when stored bytes do not agree with their checksum.</exception>
    IAsyncEnumerable<IReadOnlyList<StoredEntry>> ReadAsync(AccessScope scope, EventFilter filter, EventOrder order, bool descending, CancellationToken cancellation);

    /// <summary>Some fields of everything that matches, of one snapshot, in constant memory and in the order of sequences.</summary>
    /// <param name="scope">Of one tenant.</param>
    /// <returns>Batches of at least one event, valid until the next one is asked for.</returns>
    /// <exception cref="CorruptLedgerException">While streaming, when stored bytes do not agree with their checksum.</exception>
    /// <remarks>An engine that keeps fields apart from one another spares the others; this one reads whole entries.</remarks>
    async IAsyncEnumerable<FieldRows> ReadFieldsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (rows, slices) = (new FieldRows(fields), new FieldSlice[EventSchema.Count]);
        await foreach (var batch in ReadAsync(scope, filter, EventOrder.Sequence, descending: false, cancellation))
        {
            rows.Clear();
            foreach (var stored in batch)
            {
                EntrySlicer.Slice(stored.Bytes.Span, slices);
                rows.Add(stored.Bytes.Span, slices);
            }
            yield return rows;
        }
    }
}

/// <summary>Stored bytes do not agree with their checksum.</summary>
public sealed class CorruptLedgerException : IOException
{
    public CorruptLedgerException()
    {
    }

    public CorruptLedgerException(string message)
        : base(message)
    {
    }

    public CorruptLedgerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
