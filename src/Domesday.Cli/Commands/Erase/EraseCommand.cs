using System.CommandLine;
using System.Globalization;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Erase;

/// <summary><c>domesday erase</c>, <c>erase list</c> and <c>erase show</c></summary>
internal static class EraseCommand
{
    private const int ListedDefault = 100;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("erase", "Erases events for good, and what refers to them. Shows first which ones, and asks.",
            "domesday erase --tenant acme --filter actor_name=jane --to 2026-01-01 --reason 'request of 3 March, answered' --case GDPR-118",
            "domesday erase --sequence 1204 --sequence 1206 --reason 'a password in a request' --yes")
        {
            Remarks = "Without a terminal it only tells how many there are, unless --yes is given. The reason stays for ever: do not name the person in it.\nPlaces, ids and leaf hashes stay, so that the ledger still verifies. What else stays, such as backups: docs/erasure.md.",
        };
        var id = new Option<string[]>("--id") { HelpName = "ID", Description = "An event, by its producer's id; may be given again." };
        var sequence = new Option<long[]>("--sequence") { HelpName = "NUMBER", Description = "An event, by its sequence; may be given again." };
        var filter = new Option<string?>("--filter") { HelpName = "PARAMETERS", Description = "Events that match, such as 'actor_name=jane'. It is not kept." };
        var from = new Option<string?>("--from") { HelpName = "TIME", Description = "Events from this time on, such as 2026-01-01 or 2026-01-01T12:00:00Z." };
        var to = new Option<string?>("--to") { HelpName = "TIME", Description = "Events before this time." };
        var reason = new Option<string>("--reason") { HelpName = "TEXT", Description = "Why they are erased.", Required = true };
        var matter = new Option<string?>("--case") { HelpName = "TEXT", Description = "The reference by which people know the matter." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        foreach (var option in new Option[] { id, sequence, filter, from, to, reason, matter, yes }) command.Options.Add(option);
        var view = new ErasureView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var wish = new NewErasure(parse.GetValue(reason)!, parse.GetValue(matter))
            {
                Ids = parse.GetValue(id) is { Length: > 0 } ids ? ids : null,
                Sequences = parse.GetValue(sequence) is { Length: > 0 } sequences ? sequences : null,
                Filter = parse.GetValue(filter),
                From = TypedTime.Read(parse.GetValue(from), "--from"),
                To = TypedTime.Read(parse.GetValue(to), "--to"),
            };
            var preview = await client.Erasures.PreviewAsync(wish, cancellation);
            if (!parse.GetValue(yes) && !await IsWantedAsync(console, client, preview, cancellation)) return;
            view.Show(parse, [await client.Erasures.EraseAsync(wish with { ExpectedCount = preview.Matched }, cancellation)]);
        });
        command.Subcommands.Add(List(console));
        command.Subcommands.Add(Show(console));
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The erasures of the tenant, newest first.", "domesday erase list --tenant acme", "domesday erase list --limit 1000 --json");
        var limit = new Option<int>("--limit") { HelpName = "NUMBER", Description = "How many at most, 1 to 1000.", DefaultValueFactory = _ => ListedDefault };
        command.Options.Add(limit);
        var view = new ErasureView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) =>
        {
            var list = await client.Erasures.ListAsync(parse.GetValue(limit), cancellation);
            view.Show(parse, list.Erasures);
            if (view.IsJson(parse)) return;
            if (list.Total > list.Erasures.Count) await console.Error.WriteLineAsync($"{PlainText.Of(list.Total)} in all.");
            if (list.Ledger.InFiles > 0) await console.Error.WriteLineAsync($"The bytes of {PlainText.Of(list.Ledger.InFiles)} events, which nobody can read any more, are still in the store's files.");
        });
        return command;
    }

    private static ExampledCommand Show(CliConsole console)
    {
        var command = new ExampledCommand("show", "One erasure, with the places of the events.", "domesday erase show era_2f6c9d11a0b3e845");
        var id = new Argument<string>("id") { Description = "As 'erase list' shows it." };
        command.Arguments.Add(id);
        var view = new ErasureView(console, command);
        view.Connection.Act(command, async (client, parse, cancellation) => view.ShowWhole(parse, await client.Erasures.GetAsync(parse.GetValue(id)!, cancellation)));
        return command;
    }

    /// <summary>Says what would go, and asks whoever is there.</summary>
    private static async Task<bool> IsWantedAsync(CliConsole console, DomesdayClient client, ErasurePreview preview, CancellationToken cancellation)
    {
        await FirstAsync(console, client, preview, cancellation);
        var all = preview.Matched + preview.Notes;
        var text = $"{PlainText.Of(preview.Matched)} {(preview.Matched == 1 ? "event matches" : "events match")}{(preview.Notes > 0 ? $", and {PlainText.Of(preview.Notes)} more refer to them and go along" : "")}{(preview.Gone > 0 ? $"; {PlainText.Of(preview.Gone)} are gone already" : "")}.";
        if (!console.IsTyped)
        {
            await console.Out.WriteLineAsync(text + " Nothing was erased: add --yes.");
            return false;
        }
        await console.Error.WriteAsync($"{text} They do not come back. Type {all} to erase them: ");
        using var input = new StreamReader(console.Input, leaveOpen: true);
        var isWanted = (await input.ReadLineAsync(cancellation))?.Trim() == all.ToString(CultureInfo.InvariantCulture);
        if (!isWanted) await console.Error.WriteLineAsync("Nothing was erased.");
        return isWanted;
    }

    /// <summary>The first ones as far as the credential may read them.</summary>
    private static async Task FirstAsync(CliConsole console, DomesdayClient client, ErasurePreview preview, CancellationToken cancellation)
    {
        var table = new PeopleTable("#SEQUENCE", "TIME", "ACTOR", "ACTION", "RESOURCE");
        foreach (var sequence in preview.First)
        {
            try
            {
                var one = (await client.GetAsync(sequence.ToString(CultureInfo.InvariantCulture), cancellation)).Event.Event;
                table.Add(PlainText.Of(sequence), PlainText.Of(one.Time), one.Actor?.Name ?? one.Actor?.Id, one.Action, one.Resource?.Name ?? one.Resource?.Id ?? one.Resource?.Type);
            }
            catch (ProblemException)
            {
                table.Add(PlainText.Of(sequence));
            }
        }
        table.Write(console);
        if (preview.Matched + preview.Notes > preview.First.Count) await console.Out.WriteLineAsync("…");
    }
}
