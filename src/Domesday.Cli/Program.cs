using Domesday.Cli;
using Domesday.Cli.Terminal;
using Domesday.Server;

// The service reads, explains and refuses its settings by itself, --help included.
if (args is ["serve", .. var settings]) return await ServeHost.RunAsync(settings, new ServeParts());

// A proxy's threads are never idle for long, and never for nothing: waiting actively for the next request took an eighth of its processor time. See docs/adr/0047.
if (args is ["proxy", ..]) AppContext.SetData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0);

using var console = CliConsole.OfProcess();
return await CommandLine.RunAsync(args, console, CancellationToken.None);
