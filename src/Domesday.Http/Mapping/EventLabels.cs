using System.Diagnostics.CodeAnalysis;
using Domesday.Events.Schema;

namespace Domesday.Http.Mapping;

/// <summary>Labels in the making: what an event may not carry as one stays with the caller.</summary>
public sealed class EventLabels
{
    /// <summary>Names the stream whose events the producer numbers.</summary>
    public const string Producer = "producer";

    /// <summary>The event's number in its stream: 1, 2, 3 …</summary>
    public const string ProducerSequence = "producer_sequence";

    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);

    /// <summary>Null when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Made => _labels.Count == 0 ? null : _labels;

    /// <returns>Whether it was taken: it has a name and a value, the name is nobody else's and is not there yet.</returns>
    public bool TryAdd([NotNullWhen(true)] string? name, [NotNullWhen(true)] string? value) =>
        !string.IsNullOrEmpty(name) && !string.IsNullOrEmpty(value) && !name.StartsWith(EventSchema.ReservedLabelPrefix, StringComparison.Ordinal) && _labels.TryAdd(name, value);

    /// <summary>Says which of its stream's events this one is.</summary>
    public void Number(string? producer, string? sequence)
    {
        if (string.IsNullOrEmpty(producer) || string.IsNullOrEmpty(sequence)) return;
        TryAdd(Producer, producer);
        TryAdd(ProducerSequence, sequence);
    }
}
