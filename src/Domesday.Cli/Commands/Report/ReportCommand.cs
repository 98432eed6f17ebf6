using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Selection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Report;

/// <summary><c>domesday report …</c></summary>
internal static class ReportCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("report", "Who causes how much, and reports about it that are sent by themselves.", "domesday report usage --by project --from -30d");
        command.Subcommands.Add(Usage(console));
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Get(console));
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(Change(console));
        command.Subcommands.Add(Send(console));
        command.Subcommands.Add(Delete(console));
        return command;
    }

    private static Argument<string> ReportOf(Command command)
    {
        var report = new Argument<string>("report") { Description = "Its id or name." };
        command.Arguments.Add(report);
        return report;
    }

    private static ExampledCommand Usage(CliConsole console)
    {
        var command = new ExampledCommand("usage", "Events, failures and different resources, split by one thing.", "domesday report usage --by actor --from -7d", "domesday report usage --from 2026-02-01 --to 2026-03-01 --csv > february.csv");
        var by = ReportOptions.By(absent: "project");
        var csv = new Option<bool>("--csv") { Description = "As a table for spreadsheets." };
        command.Options.Add(by);
        var bare = new Option<bool>("--no-resources") { Description = "Events and failures alone: quick, however many there are." };
        command.Options.Add(csv);
        command.Options.Add(bare);
        var selection = new SelectionOptions().AddTo(command);
        var view = new ReportView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var (wanted, split, withResources) = (selection.Read(parse), parse.GetValue(by)!, !parse.GetValue(bare));
            if (parse.GetValue(csv)) await console.Output.WriteAsync(await client.Reports.UsageCsvAsync(wanted, split, withResources, cancellation), cancellation);
            else view.ShowUsage(parse, await ReadUsageAsync(console, client, wanted, split, withResources, cancellation));
        });
        return command;
    }

    private static async Task<UsageAnswer> ReadUsageAsync(CliConsole console, DomesdayClient client, EventSelection selection, string by, bool withResources, CancellationToken cancellation)
    {
        if (!withResources) return await client.Reports.UsageAsync(selection, by, withResources: false, cancellation);
        using var progress = new ProgressLine(console, "events read");
        return await client.Reports.UsageAsync(selection, by, (read, total) => progress.Report(read, total), cancellation);
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "All reports that are sent by themselves.", "domesday report list");
        var view = new ReportView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Reports.ListAsync(cancellation)));
        return command;
    }

    private static ExampledCommand Get(CliConsole console)
    {
        var command = new ExampledCommand("get", "One report that is sent by itself.", "domesday report get chargeback");
        var report = ReportOf(command);
        var view = new ReportView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Reports.GetAsync(parse.GetValue(report)!, cancellation)]));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Lets a report be sent by itself, as a CSV file by mail or to a webhook.", "domesday report create chargeback --by project --every month --hour 6 --channels finance");
        var name = new Argument<string>("name") { Description = "What people call it." };
        command.Arguments.Add(name);
        var options = new ReportOptions().AddTo(command);
        var view = new ReportView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Reports.CreateAsync(options.Read(parse) with { Name = parse.GetValue(name) }, cancellation)]));
        return command;
    }

    private static ExampledCommand Change(CliConsole console)
    {
        var command = new ExampledCommand("change", "Changes what is given.", "domesday report change chargeback --every week");
        var report = ReportOf(command);
        var name = new Option<string?>("--name") { HelpName = "TEXT", Description = "What people call it." };
        var disabled = new Option<bool?>("--disabled") { HelpName = "true|false", Description = "Whether it is not sent." };
        command.Options.Add(name);
        command.Options.Add(disabled);
        var options = new ReportOptions().AddTo(command);
        var view = new ReportView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, [await client.Reports.ChangeAsync(parse.GetValue(report)!, options.Read(parse) with { Name = parse.GetValue(name), Disabled = parse.GetValue(disabled) }, cancellation)]));
        return command;
    }

    private static ExampledCommand Send(CliConsole console)
    {
        var command = new ExampledCommand("send", "Sends the report of the last period now, and tells what the receivers answered.", "domesday report send chargeback");
        var report = ReportOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            using var client = connection.Connect(parse);
            var answers = await client.Reports.SendAsync(parse.GetValue(report)!, cancellation);
            foreach (var answer in answers) await console.Out.WriteLineAsync($"{answer.Channel}: {(answer.Accepted ? "accepted" : "not accepted")}: {PlainText.Of(answer.Answer)}");
            return answers.All(answer => answer.Accepted) ? 0 : 1;
        });
        return command;
    }

    private static ExampledCommand Delete(CliConsole console)
    {
        var command = new ExampledCommand("delete", "Deletes a report; what was sent stays recorded.", "domesday report delete chargeback");
        var report = ReportOf(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        connection.Act(command, (client, parse, cancellation) => client.Reports.DeleteAsync(parse.GetValue(report)!, cancellation));
        return command;
    }
}
