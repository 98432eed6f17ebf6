using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;

namespace Domesday.Http.Mapping;

/// <summary>Writes one item of a source as a native event.</summary>
/// <returns>Null; or why there is none, and what was written is worth nothing.</returns>
public delegate ProblemFault? ItemMapping(ReadOnlyMemory<byte> item, Utf8JsonWriter json);

/// <summary>A list's items as native events, and those that are none.</summary>
/// <param name="Events">Yet to be validated.</param>
/// <param name="Origins">For each event, the item that it was made of.</param>
/// <param name="Context">What the source must know, besides an item's bytes, to read it again.</param>
public sealed record MappedItems(IReadOnlyList<ReadOnlyMemory<byte>> Events, IReadOnlyList<ReadOnlyMemory<byte>> Origins, IReadOnlyList<RefusedInput> Refused, string? Context)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static MappedItems Of(IReadOnlyList<ReadOnlyMemory<byte>> items, string? context, ItemMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(mapping);
        var (events, origins, refused) = (new List<ReadOnlyMemory<byte>>(items.Count), new List<ReadOnlyMemory<byte>>(items.Count), new List<RefusedInput>());
        var ends = new List<int>(items.Count);
        var (output, scratch) = (new ArrayBufferWriter<byte>(items.Sum(item => item.Length) + 1_024), new ArrayBufferWriter<byte>(4_096));
        using var json = new Utf8JsonWriter(scratch, Options);
        foreach (var item in items)
        {
            scratch.ResetWrittenCount();
            json.Reset(scratch);
            var fault = Write(item, json, mapping);
            if (fault is not null)
            {
                refused.Add(new(item, [fault]) { Context = context });
                continue;
            }
            output.Write(scratch.WrittenSpan);
            ends.Add(output.WrittenCount);
            origins.Add(item);
        }
        for (var i = 0; i < ends.Count; i++) events.Add(output.WrittenMemory[(i == 0 ? 0 : ends[i - 1])..ends[i]]);
        return new(events, origins, refused, context);
    }

    private static ProblemFault? Write(ReadOnlyMemory<byte> item, Utf8JsonWriter json, ItemMapping mapping)
    {
        try
        {
            var fault = mapping(item, json);
            json.Flush();
            return fault;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A mistake of the mapping's must cost neither the item nor its neighbours; what the exception says may hold parts of the item.
            return new(null, "", $"could not be read, by a mistake of this version ({exception.GetType().Name}); replay it after an upgrade");
        }
    }

    /// <summary>For a replay: all of the items, or the faults of those that still are none.</summary>
    /// <param name="refusal">A sentence that says what the input is not.</param>
    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> All(string refusal)
    {
        if (Refused.Count > 0) return new Problem(ProblemKind.Invalid, refusal) { Faults = [.. Refused.SelectMany(refused => refused.Faults)] };
        List<ReadOnlyMemory<byte>> events = [.. Events];
        return events;
    }

    /// <summary>Stores the events, and keeps in quarantine what is none: everything is on disk when it returns, or the store's problem says that nothing need be.</summary>
    /// <remarks>Not cancelled when a sender hangs up: it would only send the same again.</remarks>
    public async ValueTask<Result<AppendResult>> StoreAsync(AppendPipeline pipeline, string tenant, string sourceKind)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var stored = await pipeline.AppendAsync(new(tenant, sourceKind, Events)
        {
            BadEvents = BadEvents.Quarantine,
            Original = index => Origins[index],
            Context = Context,
        }, CancellationToken.None);
        if (!stored.IsOk || Refused.Count == 0) return stored;
        var kept = await pipeline.QuarantineAsync(tenant, sourceKind, Refused, CancellationToken.None);
        return kept.IsOk ? stored.Value with { Quarantined = stored.Value.Quarantined + Refused.Count } : kept;
    }
}
