namespace Domesday.Cli.Terminal;

/// <summary>A <see cref="ProgressLine"/> for what reports how many bytes have passed.</summary>
internal sealed class ByteProgress(CliConsole console, string what) : IProgress<long>, IDisposable
{
    private readonly ProgressLine _line = new(console, what);

    public void Report(long value) => _line.Report(value);

    public void Dispose() => _line.Dispose();
}
