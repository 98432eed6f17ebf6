using System.CommandLine;
using System.Text;
using System.Text.Json;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;
using Domesday.Events;

namespace Domesday.Cli.Commands.Sink;

/// <summary><c>domesday sink replay</c>, <c>rejected</c> and <c>discard</c>.</summary>
internal static class SinkReplayCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("replay", "Sends events once more. Without --yes it only tells how many there are.",
            "domesday sink replay chat --rejected --yes", "domesday sink replay siem --from-sequence 120000", "domesday sink replay siem --from-time 2026-02-11T00:00:00Z --yes");
        var sink = SinkCommand.SinkOf(command);
        var from = new Option<long?>("--from-sequence") { HelpName = "NUMBER", Description = "From this event on." };
        var time = new Option<string?>("--from-time") { HelpName = "TIME", Description = "From the first event on that happened at this time or later." };
        var rejected = new Option<bool>("--rejected") { Description = "Those that the receiver refused." };
        var to = new Option<long?>("--to-sequence") { HelpName = "NUMBER", Description = "Not this event any more; without it up to where the sink stands." };
        var yes = new Option<bool>("--yes") { Description = "Do it." };
        foreach (var option in new Option[] { from, time, rejected, to, yes }) command.Options.Add(option);
        var view = new SinkView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wish = new SinkReplayWish { FromSequence = parse.GetValue(from), FromTime = TimeOf(parse.GetValue(time)), Rejected = parse.GetValue(rejected) ? true : null, ToSequence = parse.GetValue(to), DryRun = !parse.GetValue(yes) };
            if (new[] { wish.FromSequence is not null, wish.FromTime is not null, wish.Rejected is not null }.Count(given => given) != 1) throw new UsageException("Say one of --from-sequence, --from-time and --rejected.");
            var answer = await client.Sinks.ReplayAsync(parse.GetValue(sink)!, wish, cancellation);
            if (view.IsJson(parse)) await console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, SinkViewJson.Default.SinkReplayAnswer));
            else await console.Out.WriteLineAsync(answer.Started ? $"{PlainText.Of(answer.Events)} events are sent again." : $"{PlainText.Of(answer.Events)} events would be sent again: add --yes.");
        });
        return command;
    }

    public static Command Rejected(CliConsole console)
    {
        var command = new ExampledCommand("rejected", "Events that the receiver refused and that are kept, oldest first.", "domesday sink rejected siem");
        var sink = SinkCommand.SinkOf(command);
        var view = new SinkView(console, command);
        command.SetAction(async (parse, cancellation) =>
        {
            using var client = view.Connection.Connect(parse);
            var answer = await client.Sinks.RejectedAsync(parse.GetValue(sink)!, cancellation);
            if (view.IsJson(parse))
            {
                foreach (var one in answer.Rejected) await console.Out.WriteLineAsync(JsonSerializer.Serialize(one, SinkViewJson.Default.RefusedEvent));
                return 0;
            }
            var table = new PeopleTable("#SEQUENCE", "REFUSED AT", "REASON");
            foreach (var one in answer.Rejected) table.Add(PlainText.Of(one.Sequence), PlainText.Of(one.At), one.Reason);
            table.Write(console);
            if (answer.Kept > answer.Rejected.Count) await console.Error.WriteLineAsync($"{PlainText.Of(answer.Kept)} in all.");
            return 0;
        });
        return command;
    }

    public static Command Discard(CliConsole console)
    {
        var command = new ExampledCommand("discard", "Forgets the events that the receiver refused: they are not sent any more.", "domesday sink discard siem --yes");
        var sink = SinkCommand.SinkOf(command);
        var yes = new Option<bool>("--yes") { Description = "Do it." };
        command.Options.Add(yes);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            using var client = connection.Connect(parse);
            if (!parse.GetValue(yes))
            {
                await console.Out.WriteLineAsync($"{PlainText.Of((await client.Sinks.RejectedAsync(parse.GetValue(sink)!, cancellation)).Kept)} events would be forgotten: add --yes.");
                return 0;
            }
            await console.Out.WriteLineAsync($"{PlainText.Of(await client.Sinks.DiscardAsync(parse.GetValue(sink)!, cancellation))} events were forgotten.");
            return 0;
        });
        return command;
    }

    private static Timestamp? TimeOf(string? text)
    {
        if (text is null) return null;
        return Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time, out var reason) ? time : throw new UsageException($"--from-time {reason}.");
    }
}
