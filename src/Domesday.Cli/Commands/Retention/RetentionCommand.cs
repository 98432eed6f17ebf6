using System.CommandLine;
using System.Globalization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Retention;

/// <summary><c>domesday retention …</c></summary>
internal static class RetentionCommand
{
    private const string Forever = "forever";
    private const string NoCap = "none";

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("retention", "How long a tenant's events are kept.", "domesday retention get --tenant acme");
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Set(console));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "The policy, what is kept, what was dropped and is due, and when room runs out.", "domesday retention get --tenant acme");
        var view = new RetentionView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Retention.GetAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Set(CliConsole console)
    {
        var command = new ExampledCommand("set", "Changes what is given. What is older is dropped at once and does not come back.",
            "domesday retention set --tenant acme --days 90", "domesday retention set --tenant acme --preset upcloud --bytes-max 50000000000", "domesday retention set --days forever --bytes-max none");
        var days = new Option<string?>("--days") { HelpName = "DAYS|forever", Description = "How long events are kept." };
        var preset = new Option<string?>("--preset") { HelpName = "NAME", Description = "As long as a vendor keeps them: pcd (7 days), runai (90), upcloud (180) or palette (365)." };
        var bytes = new Option<string?>("--bytes-max") { HelpName = "BYTES|none", Description = "New events are refused when those that are kept take this much; none are dropped to make room." };
        foreach (var option in new Option[] { days, preset, bytes }) command.Options.Add(option);
        var view = new RetentionView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var (givenDays, givenPreset, givenBytes) = (parse.GetValue(days), parse.GetValue(preset), parse.GetValue(bytes));
            if (givenDays is null && givenPreset is null && givenBytes is null) throw new UsageException("Say what to change: --days, --preset or --bytes-max.");
            if (givenDays is not null && givenPreset is not null) throw new UsageException("Give --days or --preset, not both.");
            var wantedDays = Number(givenDays, Forever, "--days", int.MaxValue);
            var wantedBytes = Number(givenBytes, NoCap, "--bytes-max", long.MaxValue);
            var before = await client.Retention.GetAsync(cancellation);
            var bytesMax = givenBytes is null ? before.BytesMax : wantedBytes;
            var name = givenPreset ?? (givenDays is null ? before.Preset : null);
            view.Show(parse, name is not null
                ? await client.Retention.SetPresetAsync(name, bytesMax, before.Version, cancellation)
                : await client.Retention.SetDaysAsync(givenDays is null ? before.Days : (int?)wantedDays, bytesMax, before.Version, cancellation));
        });
        return command;
    }

    /// <returns>Null for the word that means none, and when nothing is given.</returns>
    private static long? Number(string? text, string word, string option, long max)
    {
        if (text is null || text == word) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new UsageException($"{option} must be a whole number, or {word}.");
    }
}
