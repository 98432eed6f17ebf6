using Domesday.Cli;
using Domesday.Cli.Terminal;
using Domesday.Server;

// The service reads, explains and refuses its settings by itself, --help included.
if (args is ["serve", .. var settings]) return await ServeHost.RunAsync(settings, new ServeParts());

using var console = CliConsole.OfProcess();
return await CommandLine.RunAsync(args, console, CancellationToken.None);
