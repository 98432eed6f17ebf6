using System.Collections;
using Domesday.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>The command <c>domesday serve</c>.</summary>
public static class ServeHost
{
    public const int Done = 0;

    public const int Failed = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Misused = 2;

    /// <summary>Runs the service until a signal asks it to stop.</summary>
    /// <param name="arguments">What follows <c>serve</c> on the command line.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] arguments, ServeParts parts) => RunAsync(arguments, ProcessEnvironment(), parts, Console.Out, Console.Error, CancellationToken.None);

    /// <summary>Runs the service until a signal or <paramref name="cancellation"/> asks it to stop.</summary>
    /// <param name="environment">All variables.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, ServeParts parts, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        if (arguments is ["--help" or "-h" or "--help-markdown"])
        {
            await output.WriteAsync(arguments[0] == "--help-markdown" ? SettingsText.Markdown() : SettingsText.Help());
            return Done;
        }
        var read = SettingsReader.Read(arguments, environment);
        foreach (var fault in read.Faults) await errors.WriteLineAsync(fault);
        return read.Faults.Count > 0 ? Misused : await RunAsync(ServiceSettings.From(read.Texts), parts, output, errors, cancellation);
    }

    private static async Task<int> RunAsync(ServiceSettings settings, ServeParts parts, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        using var loggers = ServiceLogging.Create(settings);
        try
        {
            var started = await RunningService.StartAsync(settings, parts, loggers, cancellation);
            if (!started.IsOk)
            {
                await errors.WriteLineAsync(started.Problem.Detail);
                return started.Problem.Kind == Core.Problems.ProblemKind.Invalid ? Misused : Failed;
            }
            await using var service = started.Value;
            await GreetAsync(service, settings, output);
            WarnOfClearText(settings, loggers.CreateLogger(nameof(ServeHost)));
            await service.WaitForStopAsync(cancellation);
            return Done;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Done;
        }
        catch (IOException exception)
        {
            // An address in use, a data folder that another process has open, a damaged ledger: the sentence says it all.
            await errors.WriteLineAsync(exception.Message);
            return Failed;
        }
        catch (Exception exception)
        {
            ServerLog.Ended(loggers.CreateLogger(nameof(ServeHost)), exception);
            await errors.WriteLineAsync(exception.Message);
            return Failed;
        }
    }

    private static async Task GreetAsync(RunningService service, ServiceSettings settings, TextWriter output)
    {
        foreach (var url in service.Urls) await output.WriteLineAsync($"Domesday listens on {url}");
        await output.WriteLineAsync($"Data lies in {settings.Data}");
        if (service.MadePassword is { } password) await output.WriteLineAsync($"Sign in as admin with the password {password} (shown this once)");
        await output.FlushAsync();
    }

    private static void WarnOfClearText(ServiceSettings settings, ILogger logger)
    {
        foreach (var url in settings.Urls)
        {
            var address = Microsoft.AspNetCore.Http.BindingAddress.Parse(url);
            if (address.Scheme == "http" && address.Host is not ("localhost" or "127.0.0.1" or "[::1]")) ServerLog.ClearText(logger, url);
        }
    }

    private static Dictionary<string, string> ProcessEnvironment() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
}
