using System.Collections;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Domesday.Cli.Terminal;

/// <summary>Where a command reads from and writes to.</summary>
internal sealed class CliConsole : IDisposable
{
    private const int WidthWhenUnknown = 100;

    /// <param name="output">Results; bytes, because an event is told by its bytes.</param>
    /// <param name="error">Progress and refusals.</param>
    public CliConsole(Stream input, Stream output, TextWriter error, IReadOnlyDictionary<string, string> environment)
    {
        (Input, Output, Error, Environment) = (input, output, error, environment);
        Out = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>Writes to <see cref="Output"/> at once.</summary>
    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Someone looks at <see cref="Error"/>, so that progress is worth showing.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Someone looks at <see cref="Output"/>.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Columns of the terminal; null: the output has no edge.</summary>
    public int? Width { get; init; }

    /// <summary>The folder of what verification remembers; null: the user's own.</summary>
    public string? KnownLedgers { get; init; }

    /// <summary>Asks someone for what must not be seen; null: there is nobody to ask.</summary>
    public Func<string, string>? AskSecret { get; init; }

    /// <summary>Someone types <see cref="Input"/>.</summary>
    public bool IsTyped { get; init; }

    public static CliConsole OfProcess() => new(
        Console.OpenStandardInput(), StandardOutput(), Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal))
    {
        ShowsProgress = !Console.IsErrorRedirected,
        IsTyped = !Console.IsInputRedirected,
        AskSecret = Console.IsInputRedirected || Console.IsErrorRedirected ? null : question => AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }).Prompt(new TextPrompt<string>(question).Secret(null)),
        IsTerminal = !Console.IsOutputRedirected,
        Width = Console.IsOutputRedirected ? null : Math.Max(40, Console.WindowWidth is > 0 and var width ? width : WidthWhenUnknown),
    };

    public string? Variable(string name) => Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Writes bytes and a line end to <see cref="Output"/>.</summary>
    public void WriteLine(ReadOnlySpan<byte> line)
    {
        Output.Write(line);
        Output.Write("\n"u8);
    }

    /// <summary>The console's own stream says nothing when the reader of a pipe is gone, so that a command whose output nobody reads would go on for ever.</summary>
    private static Stream StandardOutput()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file may be shared with other commands, and then so is the place to write at, which this stream keeps to itself.
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    public void Dispose()
    {
        Out.Dispose();
        Output.Dispose();
        Input.Dispose();
    }
}
