using Domesday.Events;

namespace Domesday.Client;

/// <summary>Events over time.</summary>
/// <param name="Interval">minute, hour or day.</param>
/// <param name="Buckets">Those without events are left out.</param>
public sealed record HistogramAnswer(string Interval, IReadOnlyList<HistogramBucket> Buckets, Timestamp CompleteThrough);

/// <param name="Failures">Events among them whose result is failure.</param>
public sealed record HistogramBucket(Timestamp From, long Count, long Failures);
