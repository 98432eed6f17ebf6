using Domesday.Server.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Domesday.Server;

/// <summary>Logs to the console: a line or a JSON object for each message, times in UTC. Never event bodies or secrets.</summary>
internal static class ServiceLogging
{
    public static ILoggerFactory Create(ServiceSettings settings) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(settings.LogLevel);
        // Below a warning the framework logs whole paths, and a path may hold a key: never, whatever the level.
        logging.AddFilter("Microsoft", settings.LogLevel > LogLevel.Warning ? settings.LogLevel : LogLevel.Warning);
        if (settings.LogsJson) logging.AddJsonConsole(console => SetTime(console));
        else logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            SetTime(console);
        });
    });

    private static void SetTime(ConsoleFormatterOptions console)
    {
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }
}
