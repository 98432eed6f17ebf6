using System.Runtime.CompilerServices;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Server.Tests.Api;

/// <summary>Shows one event otherwise than it was stored, as somebody who can write the files could make it.</summary>
internal sealed class ForgingReader(IEventReader reader, long sequence) : IEventReader
{
    public async IAsyncEnumerable<IReadOnlyList<StoredEntry>> ReadAsync(AccessScope scope, EventFilter filter, EventOrder order, bool descending, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in reader.ReadAsync(scope, filter, order, descending, cancellation)) yield return [.. batch.Select(Forged)];
    }

    private StoredEntry Forged(StoredEntry entry)
    {
        if (entry.Sequence != sequence) return entry;
        var bytes = entry.Bytes.ToArray();
        bytes[^2] ^= 1;
        return entry with { Bytes = bytes };
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
