using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Core.Gaps;

/// <summary>How a producer says which of its events this is: by two labels.</summary>
/// <param name="Producer">Label <c>producer</c>: names one numbering; a producer that begins again with 1 takes another name.</param>
/// <param name="Number">Label <c>producer_sequence</c>: 1, 2, 3 …, without a leading zero.</param>
public sealed record ProducerNumber(string Producer, long Number)
{
    /// <summary>What an entry with such a label has in it.</summary>
    private static ReadOnlySpan<byte> Mark => "\"producer_sequence\":\""u8;

    /// <summary>Reads it off a stored entry. Of most entries a glance will do.</summary>
    public static bool TryRead(ReadOnlySpan<byte> entry, [NotNullWhen(true)] out ProducerNumber? number, out Timestamp arrival)
    {
        (number, arrival) = (null, default);
        if (entry.IndexOf(Mark) < 0) return false;
        var stored = EventJson.Read(entry);
        if (stored.Labels?.GetValueOrDefault("producer") is not { } producer || !long.TryParse(stored.Labels.GetValueOrDefault("producer_sequence"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        if (sequence is < 1 or > 1L << 53) return false;
        (number, arrival) = (new(producer, sequence), stored.ReceivedAt ?? default);
        return true;
    }
}
