using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Events.Merkle;

namespace Domesday.Cli.Commands.Verify;

/// <summary><c>domesday verify</c> and <c>domesday verify export</c></summary>
internal static class VerifyCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("verify", "Verifies a ledger without trusting the service.",
            "domesday verify", "domesday verify --full", "domesday verify --since checkpoint.note --trust 'audit.example.com/acme+1b2c3d4e+AbC…'")
        {
            Remarks = "Checks the checkpoint's signature, that it continues the one that was seen last, and with --full every entry.\nWhat was verified is remembered in the user's configuration folder (domesday/ledgers). Exit code 3: broken. More in docs/proofs.md.",
        };
        var full = new Option<bool>("--full") { Description = "Fetches every entry, and computes the whole tree." };
        var since = new Option<string?>("--since") { HelpName = "FILE", Description = "Also compares with a checkpoint that was kept elsewhere." };
        var save = new Option<string?>("--save") { HelpName = "FILE", Description = "Writes the verified checkpoint into a file, to be kept where the service cannot reach." };
        var witness = new Option<string[]>("--witness") { HelpName = "KEY", Description = "A witness that must have cosigned a checkpoint which the ledger continues; may be given again. The key as the witness publishes it." };
        var trust = TrustOption();
        var json = JsonOption();
        foreach (var option in new Option[] { full, since, save, witness, trust, json }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            using var client = connection.Connect(parse);
            var run = new VerifyRun(console, connection.ServerOf(parse), connection.TenantOf(parse), Key(parse.GetValue(trust)), parse.GetValue(json));
            var note = parse.GetValue(since) is { } file ? await File.ReadAllTextAsync(file, cancellation) : null;
            return await run.LedgerAsync(client.FetchLogAsync, new() { Full = parse.GetValue(full), Since = note, Witnesses = [.. (parse.GetValue(witness) ?? []).Select(Witness)] }, parse.GetValue(save), cancellation);
        });
        command.Subcommands.Add(CreateExport(console));
        return command;
    }

    private static ExampledCommand CreateExport(CliConsole console)
    {
        var command = new ExampledCommand("export", "Verifies an export that has a manifest.",
            "domesday verify export audit.ndjson", "domesday verify export audit.ndjson --offline --trust 'audit.example.com/acme+1b2c3d4e+AbC…'")
        {
            Remarks = "Checks the file against its manifest, and line by line against the signed ledger when a credential for it is given. Exit code 3: broken.",
        };
        var file = new Argument<string>("file") { Description = "The export: ndjson, plain or gzip." };
        var offline = new Option<bool>("--offline") { Description = "Does not ask the service." };
        var trust = TrustOption();
        var json = JsonOption();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { offline, trust, json }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var path = parse.GetValue(file)!;
            if (!File.Exists(path)) throw new UsageException($"There is no file {path}.");
            using var client = parse.GetValue(offline) ? null : connection.TryConnect(parse);
            var run = new VerifyRun(console, connection.ServerOf(parse), connection.TenantOf(parse), Key(parse.GetValue(trust)), parse.GetValue(json));
            return await run.ExportAsync(() => File.OpenRead(path), client is null ? null : client.FetchLogAsync, cancellation);
        });
        return command;
    }

    private static Option<string?> TrustOption() => new("--trust") { HelpName = "KEY", Description = "The only key to trust, as the service's operator publishes it; else the remembered one, and the first time the one that the service names." };

    private static Option<bool> JsonOption() => new("--json") { Description = "Tells the result as one JSON object." };

    private static WitnessKey Witness(string text) => WitnessKey.TryParse(text, out var key) ? key : throw new UsageException("--witness must be the verifier key of a witness, name+id+base64, of the kind cosignature/v1.");

    private static NoteKey? Key(string? text) =>
        text is null ? null : NoteKey.TryParse(text, out var key) ? key : throw new UsageException("--trust must be a verifier key, name+id+base64, such as /audit/v1/log/key shows.");
}
