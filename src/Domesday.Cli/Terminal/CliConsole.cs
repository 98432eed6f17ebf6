using System.Collections;
using System.Text;

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

    public static CliConsole OfProcess() => new(
        Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.Error,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal))
    {
        ShowsProgress = !Console.IsErrorRedirected,
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

    public void Dispose()
    {
        Out.Dispose();
        Output.Dispose();
        Input.Dispose();
    }
}
