using System.CommandLine;
using System.Globalization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Demo;

/// <summary><c>domesday demo</c></summary>
internal static class DemoCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("demo", "Fills a tenant with a month of events, to try things out.",
            "domesday demo", "domesday demo --events 10000000 --tenant acme", "domesday demo --events 1000 -o events.ndjson")
        {
            Remarks = "The events are those of a small cloud: office hours, machines at night, failures, one night of guessed passwords.\nThe same seed and end make the same events, and those are stored once, however often they are sent.",
        };
        var events = new Option<long>("--events") { HelpName = "NUMBER", Description = "How many.", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<long>("--seed") { HelpName = "NUMBER", Description = "Another seed makes another month.", DefaultValueFactory = _ => 1 };
        var end = new Option<string?>("--end") { HelpName = "TIME", Description = "Where the month ends, such as 2026-03-01; without it at the last full hour." };
        var batch = new Option<int>("--batch") { HelpName = "EVENTS", Description = "Events in one request.", DefaultValueFactory = _ => 5_000 };
        var connections = new Option<int>("--connections") { HelpName = "NUMBER", Description = "Requests at the same time.", DefaultValueFactory = _ => 4 };
        var file = new Option<string?>("--output", "-o") { HelpName = "FILE", Description = "Writes the events into a file, - for standard output, instead of sending them." };
        foreach (var option in new Option[] { events, seed, end, batch, connections, file }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var count = parse.GetValue(events) is >= 1 and <= 1_000_000_000 and var wanted ? wanted : throw new UsageException("--events must be between 1 and 1,000,000,000.");
            var batchEvents = parse.GetValue(batch) is >= 1 and <= 10_000 and var size ? size : throw new UsageException("--batch must be between 1 and 10,000.");
            var parallel = parse.GetValue(connections) is >= 1 and <= 64 and var lines ? lines : throw new UsageException("--connections must be between 1 and 64.");
            var month = new DemoMonth(parse.GetValue(seed), count, End(parse.GetValue(end), console.Time));
            var run = new DemoRun(console, month, count, batchEvents);
            if (parse.GetValue(file) is { } path)
            {
                await run.WriteAsync(path == "-" ? console.Output : File.Create(path), cancellation);
                return 0;
            }
            using var client = connection.Connect(parse);
            await run.SendAsync(client, parallel, cancellation);
            return 0;
        });
        return command;
    }

    private static DateTimeOffset End(string? text, TimeProvider time)
    {
        var end = time.GetUtcNow();
        if (text is not null && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out end)) throw new UsageException("--end must be a time, such as 2026-03-01 or 2026-03-01T12:00:00Z.");
        if (end.Year is < 1971 or > 9_998) throw new UsageException("--end must lie in the years 1971 to 9998.");
        return new(end.Year, end.Month, end.Day, end.Hour, 0, 0, TimeSpan.Zero);
    }
}
