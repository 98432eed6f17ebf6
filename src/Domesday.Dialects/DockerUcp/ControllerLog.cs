using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Domesday.Core.Access;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Dialects.DockerUcp;

/// <summary>The log of <c>ucp-controller</c>: a tenant's events as lines, in the order in which they were recorded.</summary>
internal sealed class ControllerLog(IEventReader reader, IEventStore store)
{
    private const int ChunkBytes = 64 * 1024;
    private const int FrameHeaderBytes = 8;
    private const byte StdoutStream = 1;

    public long Size(string tenant) => store.Size(tenant);

    public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => store.WaitBeyondAsync(tenant, size, cancellation);

    /// <summary>Narrows a query to its last lines, of what is there now.</summary>
    /// <returns>The filter with both ends of sequence set.</returns>
    public async ValueTask<Result<EventFilter>> LastAsync(AccessScope scope, DockerUcpQuery query, CancellationToken cancellation)
    {
        var size = store.Size(scope.Tenant!);
        var filter = query.Filter with { FromSequence = 0, ToSequence = size };
        if (query.Tail is not { } tail || !query.Stdout) return query.Stdout ? filter : filter with { FromSequence = size };
        if (tail == 0) return filter with { FromSequence = size };
        var page = await reader.ListAsync(scope, new() { Filter = filter, Order = EventOrder.Sequence, Descending = true, Offset = tail - 1, Limit = 1 }, cancellation);
        if (!page.IsOk) return page.Problem;
        return page.Value.Entries is [var first, ..] ? filter with { FromSequence = first.Sequence } : filter;
    }

    /// <summary>Lines, in pieces of some tens of kilobytes that are valid until the next one is asked for.</summary>
    /// <param name="filter">From <see cref="LastAsync"/>.</param>
    /// <param name="form">How a line is written.</param>
    /// <exception cref="CorruptLedgerException">Stored bytes do not agree with their checksum.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(AccessScope scope, EventFilter filter, LineForm form, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (filter.FromSequence >= filter.ToSequence) yield break;
        var (output, fields, json) = (new ByteBuffer(ChunkBytes * 2), new EntryFields(), new RecordJson());
        await foreach (var batch in reader.ReadAsync(scope, filter, EventOrder.Sequence, descending: false, cancellation))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                fields.Read(batch[i]);
                Append(output, fields, json, form);
                if (output.Length < ChunkBytes) continue;
                yield return output.WrittenMemory;
                output.Clear();
            }
        }
        if (output.Length > 0) yield return output.WrittenMemory;
    }

    private static void Append(ByteBuffer output, EntryFields fields, RecordJson json, LineForm form)
    {
        var start = output.Length;
        if (form.Framed) output.Append([StdoutStream, 0, 0, 0, 0, 0, 0, 0]);
        if (form.Timestamps)
        {
            // Nine digits: 2026-02-11T22:21:02.123456000Z. Source: moby, pkg/jsonmessage, RFC3339NanoFixed.
            output.Append(fields.Raw(EventField.Time)[..^1]);
            output.Append("000Z "u8);
        }
        if (form.Details) output.Append((byte)' ');
        DockerUcpRecord.Append(fields, json, output);
        output.Append((byte)'\n');
        if (form.Framed) BinaryPrimitives.WriteInt32BigEndian(output.Mutable(start + 4, 4), output.Length - start - FrameHeaderBytes);
    }

    /// <summary>A line of the controller itself, which is no audit line.</summary>
    public static byte[] PlainLine(string message, DateTimeOffset time)
    {
        var (json, output) = (new RecordJson(), new ByteBuffer(256));
        json.OpenObject();
        json.Member("level"u8, "info"u8);
        json.Member("msg"u8, message);
        json.Member("time"u8, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        json.CloseObject();
        DockerUcpRecord.AppendAsGo(json, output);
        output.Append((byte)'\n');
        return output.Written.ToArray();
    }
}

/// <summary>How lines are written.</summary>
/// <param name="Framed">With a header of eight bytes that names stream and length, as the Engine sends the output of containers without a terminal.</param>
internal readonly record struct LineForm(bool Framed, bool Timestamps, bool Details);
