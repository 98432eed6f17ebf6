using System.Runtime.CompilerServices;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Server.Tests.Api;

/// <summary>Finds damage after some batches of a stream.</summary>
internal sealed class FailingReader(IEventReader reader, int batches) : IEventReader
{
    /// <summary>The only tenant whose ledger is damaged; null: all are.</summary>
    public string? Tenant { get; init; }

    public bool IsMended { get; set; }

    public async IAsyncEnumerable<IReadOnlyList<StoredEntry>> ReadAsync(AccessScope scope, EventFilter filter, EventOrder order, bool descending, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var read = 0;
        await foreach (var batch in reader.ReadAsync(scope, filter, order, descending, cancellation))
        {
            if (read++ == batches && !IsMended && (Tenant is null || Tenant == scope.Tenant)) throw new CorruptLedgerException("a checksum does not agree");
            yield return batch;
        }
    }

    public ValueTask<Result<EventPage>> ListAsync(AccessScope scope, EventQuery query, CancellationToken cancellation) => reader.ListAsync(scope, query, cancellation);

    public ValueTask<Result<StoredEntry>> GetAsync(AccessScope scope, long sequence, CancellationToken cancellation) => reader.GetAsync(scope, sequence, cancellation);

    public ValueTask<Result<StoredEntry>> FindAsync(AccessScope scope, string id, CancellationToken cancellation) => reader.FindAsync(scope, id, cancellation);

    public ValueTask<Result<ReadOnlyMemory<byte>>> AttachmentAsync(AccessScope scope, long sequence, string sha256, CancellationToken cancellation) => reader.AttachmentAsync(scope, sequence, sha256, cancellation);

    public ValueTask<Result<long>> CountAsync(AccessScope scope, EventFilter filter, CancellationToken cancellation) => reader.CountAsync(scope, filter, cancellation);

    public ValueTask<Result<Facets>> FacetsAsync(AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields, int valuesMax, CancellationToken cancellation) =>
        reader.FacetsAsync(scope, filter, fields, valuesMax, cancellation);

    public ValueTask<Result<Histogram>> HistogramAsync(AccessScope scope, EventFilter filter, HistogramInterval? interval, CancellationToken cancellation) =>
        reader.HistogramAsync(scope, filter, interval, cancellation);
}
