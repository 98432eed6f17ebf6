using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Server.Move;

namespace Domesday.Cli.Commands.Move;

/// <summary><c>domesday move --from embedded --to postgres</c> and back.</summary>
internal static class MoveCommand
{
    private const string Embedded = "embedded";
    private const string Postgres = "postgres";

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("move", "Moves all ledgers from one store to the other while no service runs, and compares them with their checkpoints. Broken off, it goes on where it was.",
            "domesday move --from embedded --to postgres --data ./data --postgres 'Host=db;Database=domesday;Username=domesday;Password=…'");
        var from = new Option<string>("--from") { HelpName = "embedded|postgres", Description = "The store to read.", Required = true };
        var to = new Option<string>("--to") { HelpName = "postgres|embedded", Description = "The store to write.", Required = true };
        var data = new Option<string>("--data") { HelpName = "FOLDER", Description = "The data folder, with the embedded store, the keys and the record of checkpoints; DOMESDAY_DATA, or ./data.", DefaultValueFactory = _ => Variable("DOMESDAY_DATA") ?? "./data" };
        var postgres = new Option<string?>("--postgres") { HelpName = "TEXT", Description = "Connection string; DOMESDAY_POSTGRES without it.", DefaultValueFactory = _ => Variable("DOMESDAY_POSTGRES") };
        foreach (var option in (Option[])[from, to, data, postgres]) command.Options.Add(option);
        command.SetAction(async (parse, cancellation) =>
        {
            var toPostgres = (parse.GetValue(from), parse.GetValue(to)) switch
            {
                (Embedded, Postgres) => true,
                (Postgres, Embedded) => false,
                _ => throw new UsageException("A move goes from embedded to postgres, or from postgres to embedded."),
            };
            if (parse.GetValue(postgres) is not { Length: > 0 } connection) throw new UsageException("Say where the database is: --postgres, or DOMESDAY_POSTGRES.");
            var progress = new MoveReport(console);
            var problem = await MoveHost.RunAsync(new(Path.GetFullPath(parse.GetValue(data)!), connection, toPostgres), progress, cancellation);
            if (problem is not null) throw new InvalidDataException(problem);
            await console.Error.WriteLineAsync($"{PlainText.Of(progress.Events)} events of {progress.Ledgers} ledgers are moved and verified; to serve them: domesday serve --store {parse.GetValue(to)}");
            return 0;
        });
        return command;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
