namespace Domesday.Cli.Commands.Bench;

/// <summary>How long requests took. Each worker fills one of its own; they are put together at the end.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    public int Count => _milliseconds.Count;

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public static LatencySummary Summary(IEnumerable<Latencies> parts)
    {
        double[] sorted = [.. parts.SelectMany(part => part._milliseconds)];
        Array.Sort(sorted);
        return new(sorted.Length, At(sorted, 0.50), At(sorted, 0.90), At(sorted, 0.99), sorted.Length == 0 ? 0 : sorted[^1]);
    }

    /// <summary>The value that so large a share does not exceed.</summary>
    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}

/// <summary>Milliseconds.</summary>
internal sealed record LatencySummary(int Requests, double P50, double P90, double P99, double Max);
