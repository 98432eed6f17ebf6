using System.CommandLine;
using System.Text.Json;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Commands.Sink;

/// <summary><c>domesday sink …</c></summary>
internal static class SinkCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("sink", "Where a tenant's events are forwarded to, and what became of them.", "domesday sink list");
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Change(console));
        command.Subcommands.Add(Delete(console));
        command.Subcommands.Add(Test(console));
        command.Subcommands.Add(Switch(console, "pause", "Holds a sink where it stands.", true));
        command.Subcommands.Add(Switch(console, "resume", "Lets a sink go on where it stood.", false));
        command.Subcommands.Add(SinkReplayCommand.Create(console));
        command.Subcommands.Add(SinkReplayCommand.Rejected(console));
        command.Subcommands.Add(SinkReplayCommand.Discard(console));
        return command;
    }

    /// <summary>The argument that names one sink.</summary>
    public static Argument<string> SinkOf(Command command)
    {
        var sink = new Argument<string>("sink") { Description = "Its id or name." };
        command.Arguments.Add(sink);
        return sink;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "All sinks, and how they stand.", "domesday sink list");
        var view = new SinkView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.ShowAll(parse, await client.Sinks.ListAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One sink with its counts and its last error.", "domesday sink get cloudwatch");
        var sink = SinkOf(command);
        var view = new SinkView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Sinks.GetAsync(parse.GetValue(sink)!, cancellation)));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a sink. Which settings a type has stands in docs/forwarding.md.",
            "domesday sink create chat --type webhook --set url=https://chat.example.com/hook --set template=slack --filter 'result=failure'",
            "domesday sink create siem --type syslog --set host=siem.example.com --set transport=tls --start beginning");
        var name = new Argument<string>("name") { Description = "What people call it." };
        command.Arguments.Add(name);
        var type = new Option<string>("--type") { HelpName = "NAME", Description = "Such as webhook, syslog or cloudwatch.", Required = true };
        var start = new Option<string?>("--start") { HelpName = "now|beginning|SEQUENCE", Description = "Its first event; now without it." };
        var paused = new Option<bool>("--paused") { Description = "It does not begin yet." };
        foreach (var option in new Option[] { type, start, paused }) command.Options.Add(option);
        var options = new SinkOptions().AddTo(command);
        var view = new SinkView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wish = options.Read(parse, null) with { Name = parse.GetValue(name), Type = parse.GetValue(type), Start = parse.GetValue(start), Paused = parse.GetValue(paused) ? true : null };
            view.Show(parse, await client.Sinks.CreateAsync(wish, cancellation));
        });
        return command;
    }

    private static ExampledCommand Change(CliConsole console)
    {
        var command = new ExampledCommand("change", "Changes what is given; the sink goes on where it stands.", "domesday sink change chat --set secret=@secret.txt", "domesday sink change chat --filter ''");
        var sink = SinkOf(command);
        var name = new Option<string?>("--name") { HelpName = "TEXT", Description = "What people call it." };
        command.Options.Add(name);
        var options = new SinkOptions().AddTo(command);
        var view = new SinkView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var before = await client.Sinks.GetAsync(parse.GetValue(sink)!, cancellation);
            view.Show(parse, await client.Sinks.ChangeAsync(before.Id, options.Read(parse, before.Settings) with { Name = parse.GetValue(name) }, cancellation));
        });
        return command;
    }

    private static ExampledCommand Delete(CliConsole console)
    {
        var command = new ExampledCommand("delete", "Deletes a sink, its place in the ledger, and what it kept of rejected events.", "domesday sink delete chat");
        var sink = SinkOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, (client, parse, cancellation) => client.Sinks.DeleteAsync(parse.GetValue(sink)!, cancellation));
        return command;
    }

    private static ExampledCommand Test(CliConsole console)
    {
        var command = new ExampledCommand("test", "Sends one event that says it is a test, and tells what the receiver answered.", "domesday sink test chat");
        var sink = SinkOf(command);
        var view = new SinkView(console, command);
        command.SetAction(async (parse, cancellation) =>
        {
            using var client = view.Connection.Connect(parse);
            var answer = await client.Sinks.TestAsync(parse.GetValue(sink)!, cancellation);
            if (view.IsJson(parse)) await console.Out.WriteLineAsync(JsonSerializer.Serialize(answer, SinkViewJson.Default.SinkTest));
            else await console.Out.WriteLineAsync($"{(answer.Accepted ? "accepted" : "not accepted")}: {PlainText.Of(answer.Answer)}");
            return answer.Accepted ? 0 : 1;
        });
        return command;
    }

    private static ExampledCommand Switch(CliConsole console, string verb, string description, bool paused)
    {
        var command = new ExampledCommand(verb, description, $"domesday sink {verb} chat");
        var sink = SinkOf(command);
        var view = new SinkView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Sinks.SetPausedAsync(parse.GetValue(sink)!, paused, cancellation)));
        return command;
    }
}
