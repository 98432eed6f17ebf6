using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Bench;

/// <summary>What was measured.</summary>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Rate">Of what <paramref name="Unit"/> says, in a second.</param>
internal sealed record BenchReport(string Name, int Connections, double Seconds, double Rate, string Unit, LatencySummary Milliseconds)
{
    public static void Write(CliConsole console, IReadOnlyCollection<BenchReport> reports, bool asJson)
    {
        if (asJson)
        {
            foreach (var report in reports) console.Out.WriteLine(JsonSerializer.Serialize(report, BenchJson.Default.BenchReport));
            return;
        }
        var table = new PeopleTable("WHAT", "#CONNECTIONS", "#REQUESTS", "#SECONDS", "#RATE", "#P50 MS", "#P90 MS", "#P99 MS", "#MAX MS");
        foreach (var report in reports)
        {
            var times = report.Milliseconds;
            table.Add(report.Name, $"{report.Connections}", PlainText.Of(times.Requests), Number(report.Seconds), $"{PlainText.Of((long)report.Rate)} {report.Unit}/s", Number(times.P50), Number(times.P90), Number(times.P99), Number(times.Max));
        }
        table.Write(console);
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
