using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;
using Domesday.Proxy.Hosting;
using Microsoft.Extensions.Logging;

namespace Domesday.Cli.Commands.Proxy;

/// <summary><c>domesday proxy</c></summary>
internal static class ProxyCommand
{
    public static Command Create(CliConsole console)
    {
        var command = new ExampledCommand("proxy", "Stands before an HTTP API and records who does what with it.",
            "domesday proxy --listen http://127.0.0.1:2375 --upstream unix:///var/run/docker.sock --kind docker-swarm --level metadata --server https://audit.example.com --key …",
            "domesday proxy --listen https://0.0.0.0:6443 --tls-cert tls.pem --tls-key tls.key --client-ca ca.pem --upstream https://127.0.0.1:16443 --upstream-ca k8s.pem --kind kubernetes")
        {
            Remarks = "Everything passes untouched; events go to a spool on disk first, and from there to the service. A policy that is set at the service is followed within seconds, "
                + "and overrides --level and --policy. See docs/capture.md.",
        };
        var options = new ProxyCommandOptions(console).AddTo(command);
        var connection = new ConnectionOptions(console).AddTo(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var settings = options.Read(parse, connection.OptionsOf(parse));
            using var logging = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(line =>
            {
                line.SingleLine = true;
                line.UseUtcTimestamp = true;
                line.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            }));
            await using var proxy = await StartAsync(settings, logging.CreateLogger("Domesday.Proxy"));
            foreach (var url in proxy.Urls) console.Out.WriteLine($"Domesday proxy listens on {url}, before {settings.Upstream}");
            if (proxy.MetricsUrl is { } metrics) console.Out.WriteLine($"Metrics: {metrics.TrimEnd('/')}/metrics");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, console.Time, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // Stopping it is how it ends.
            }
            return 0;
        });
        return command;
    }

    private static async Task<ProxyHost> StartAsync(ProxyOptions settings, ILogger logger)
    {
        try
        {
            return await ProxyHost.StartAsync(settings, logger);
        }
        catch (FormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
