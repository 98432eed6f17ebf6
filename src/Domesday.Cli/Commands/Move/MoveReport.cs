using Domesday.Cli.Terminal;
using Domesday.Server.Move;

namespace Domesday.Cli.Commands.Move;

/// <summary>A line for each ledger that was moved.</summary>
internal sealed class MoveReport(CliConsole console) : IProgress<MoveProgress>
{
    private readonly Dictionary<string, long> _moved = new(StringComparer.Ordinal);

    public int Ledgers => _moved.Count;

    public long Events => _moved.Values.Sum();

    public void Report(MoveProgress value)
    {
        _moved[value.Ledger] = value.Moved;
        if (value.Moved == value.Size) console.Error.WriteLine($"{value.Ledger}: {PlainText.Of(value.Size)} events");
    }
}
