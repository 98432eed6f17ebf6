using System.CommandLine;
using Domesday.Cli.Commands;
using Domesday.Cli.Commands.Backup;
using Domesday.Server;

// The service reads, explains and refuses its settings by itself, --help included.
if (args is ["serve", .. var settings]) return await ServeHost.RunAsync(settings, new ServeParts());

var root = new RootCommand("Domesday, the audit log that you can prove: the service and its command line.");
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(BackupCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
return await root.Parse(args).InvokeAsync();
