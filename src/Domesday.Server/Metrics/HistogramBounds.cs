using System.Diagnostics.Metrics;

namespace Domesday.Server.Metrics;

/// <summary>The buckets of histograms.</summary>
internal static class HistogramBounds
{
    /// <summary>From a tenth of a millisecond to half a minute: fsyncs as well as exports.</summary>
    private static readonly double[] Seconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    /// <summary>Powers of four, for bytes and counts.</summary>
    private static readonly double[] Sizes = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    /// <summary>What the instrument advises; else what suits its unit.</summary>
    public static double[] Of(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        { Unit: "s" } => Seconds,
        _ => Sizes,
    };
}
