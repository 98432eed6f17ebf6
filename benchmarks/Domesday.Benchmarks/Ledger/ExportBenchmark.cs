using System.Diagnostics;
using Domesday.Benchmarks.Load;

namespace Domesday.Benchmarks.Ledger;

/// <summary>Everything as NDJSON over HTTP: the rate, and the memory that it took beyond what the idle service had.</summary>
public static class ExportBenchmark
{
    public static async Task<(double EventsPerSecond, double BytesPerSecond, long MemoryBytes)> RunAsync(DomesdayServer server, string query)
    {
        var idle = server.Resident;
        ProcessFigures.ForgetPeak(server.ProcessId);
        var started = Stopwatch.GetTimestamp();
        using var answer = await server.Http.GetAsync($"/audit/v1/export?{query}", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[256 * 1024];
        long events = 0, bytes = 0;
        for (int read; (read = await stream.ReadAsync(buffer)) > 0; bytes += read) events += buffer.AsSpan(0, read).Count((byte)'\n');
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (events / seconds, bytes / seconds, ProcessFigures.PeakResident(server.ProcessId) - idle);
    }
}
