using System.Text.Json.Serialization;
using Domesday.Events;

namespace Domesday.Core.Gaps;

/// <summary>The numbered streams of one tenant, as far as its ledger was read. Not for several threads at once.</summary>
public sealed class TenantStreams
{
    /// <summary>Streams that are followed; those that begin later are only counted.</summary>
    public const int StreamsMax = 10_000;

    private readonly SortedDictionary<string, ProducerStream> _streams = new(StringComparer.Ordinal);

    /// <summary>The ledger was read up to this sequence, exclusive.</summary>
    public long Position { get; internal set; }

    /// <summary>Events of streams that are not followed.</summary>
    public long Unfollowed { get; private set; }

    public IReadOnlyDictionary<string, ProducerStream> Streams => _streams;

    internal void Add(ProducerNumber number, Timestamp arrival)
    {
        if (!_streams.TryGetValue(number.Producer, out var stream))
        {
            if (_streams.Count == StreamsMax)
            {
                Unfollowed++;
                return;
            }
            _streams.Add(number.Producer, stream = new());
        }
        stream.Add(number.Number, arrival);
    }

    internal StoredStreams Stored() => new(Position, Unfollowed,
        [.. _streams.Select(one => new StoredStream(one.Key, one.Value.Last, one.Value.Received, one.Value.Forgotten, one.Value.LastAt, one.Value.Gaps))]);

    internal static TenantStreams From(StoredStreams stored)
    {
        var streams = new TenantStreams { Position = stored.Position, Unfollowed = stored.Unfollowed };
        foreach (var one in stored.Streams) streams._streams[one.Producer] = new(one.Last, one.Received, one.Forgotten, one.LastAt, one.Gaps);
        return streams;
    }
}

internal sealed record StoredStreams(long Position, long Unfollowed, IReadOnlyList<StoredStream> Streams);

internal sealed record StoredStream(string Producer, long Last, long Received, long Forgotten, Timestamp LastAt, IReadOnlyList<GapRange> Gaps);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StoredStreams))]
internal sealed partial class GapJson : JsonSerializerContext;
