using System.Diagnostics;
using System.Globalization;

namespace Domesday.Benchmarks;

/// <summary>How long each of many calls took.</summary>
public sealed class Measured
{
    private readonly double[] _milliseconds;

    public Measured(IEnumerable<double> milliseconds)
    {
        _milliseconds = [.. milliseconds];
        First = _milliseconds.Length == 0 ? 0 : _milliseconds[0];
        Array.Sort(_milliseconds);
    }

    public int Count => _milliseconds.Length;

    /// <summary>The first call: nothing was in memory.</summary>
    public double First { get; }

    public double P50 => At(0.50);

    public double P99 => At(0.99);

    public double Max => At(1);

    public static async Task<Measured> RunAsync(int count, Func<int, Task> call)
    {
        var times = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call(i);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return new(times);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Text(P50)} / {Text(P99)}");

    public static string Text(double milliseconds) => milliseconds.ToString(milliseconds < 1 ? "0.000" : milliseconds < 100 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

    private double At(double share) => Count == 0 ? 0 : _milliseconds[Math.Min(Count - 1, (int)(Count * share))];
}
