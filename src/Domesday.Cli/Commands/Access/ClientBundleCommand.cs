using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

/// <summary><c>domesday client-bundle …</c></summary>
internal static class ClientBundleCommand
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("client-bundle", "Client certificates of users, with what curl and docker need to use them.", "domesday client-bundle create --user jane@example.com");
        command.Subcommands.Add(Add(console));
        command.Subcommands.Add(List(console));
        var revoke = new ExampledCommand("revoke", "Revokes a certificate, for good and at once.", "domesday client-bundle revoke 4F1C2A");
        command.Subcommands.Add(AccessOptions.Act(console, revoke, AccessOptions.Named(revoke, "serial", "As client-bundle list shows it."), (client, serial, cancellation) => client.Access.RevokeCertificateAsync(serial, cancellation), "Revoked."));
        return command;
    }

    private static ExampledCommand Add(CliConsole console)
    {
        var command = new ExampledCommand("create", "Makes a certificate and writes ca.pem, cert.pem, key.pem and env.sh.",
            "domesday client-bundle create --user jane@example.com --output ./bundle", "cd bundle && source env.sh && curl --cacert ca.pem --cert cert.pem --key key.pem $DOMESDAY_SERVER/audit/v1/events");
        var user = new Option<string>("--user") { HelpName = "USER", Description = "Who signs in with it. To sign in for this command itself, use --key, or DOMESDAY_USER and DOMESDAY_PASSWORD.", Required = true };
        var days = new Option<int?>("--days") { HelpName = "NUMBER", Description = "How long it is valid; 365 without it." };
        var output = new Option<string>("--output") { HelpName = "FOLDER", Description = "Where to write the files.", DefaultValueFactory = _ => "." };
        foreach (var option in new Option[] { user, days, output }) command.Options.Add(option);
        var connection = new ConnectionOptions(console).AddWithoutUserTo(command);
        connection.Act(command, async (client, parse, cancellation) =>
        {
            var made = await client.Access.CreateCertificateAsync(parse.GetValue(user)!, parse.GetValue(days), cancellation);
            var folder = Path.GetFullPath(parse.GetValue(output)!);
            Directory.CreateDirectory(folder);
            await WriteAsync(folder, "ca.pem", made.CaPem!, cancellation);
            await WriteAsync(folder, "cert.pem", made.CertPem!, cancellation);
            await WriteAsync(folder, "key.pem", made.KeyPem!, cancellation);
            await WriteAsync(folder, "env.sh", Environment(connection.ServerOf(parse)), cancellation);
            await console.Error.WriteLineAsync($"Certificate {made.Serial}, valid until {PlainText.Of(made.ExpiresAt)}, lies in {folder}.");
        });
        return command;
    }

    private static ExampledCommand List(CliConsole console)
    {
        var command = new ExampledCommand("list", "The certificates of a tenant's users.", "domesday client-bundle list --tenant acme");
        var view = new RecordView<CertificateInfo>(console, command, AccessJson.Default.CertificateInfo, ["SERIAL", "USER", "CREATED", "BY", "EXPIRES", "REVOKED"],
            one => [one.Serial, one.User, PlainText.Of(one.CreatedAt), one.CreatedBy, PlainText.Of(one.ExpiresAt), PlainText.Of(one.RevokedAt)]);
        view.Connection.Act(command, async (client, parse, cancellation) => view.Show(parse, await client.Access.CertificatesAsync(cancellation)));
        return command;
    }

    /// <summary>What the vendors' documented lines read: curl by the files' names, docker by its variables.</summary>
    private static string Environment(Uri server) => $"""
        # source this in the folder of the bundle
        export DOMESDAY_SERVER={server.GetLeftPart(UriPartial.Authority)}
        export DOCKER_TLS_VERIFY=1
        export DOCKER_CERT_PATH="$PWD"
        export DOCKER_HOST=tcp://{server.Authority}

        """;

    private static async Task WriteAsync(string folder, string name, string text, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using var writer = new StreamWriter(Path.Combine(folder, name), options);
        await writer.WriteAsync(text.AsMemory(), cancellation);
    }
}
