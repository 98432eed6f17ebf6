namespace Domesday.Cli.Terminal;

/// <summary>One line on the terminal that says how far something has come; shown after a second, and gone when it is done.</summary>
/// <param name="what">Such as <c>events sent</c>.</param>
internal sealed class ProgressLine(CliConsole console, string what) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly long _start = console.Time.GetTimestamp();
    private TimeSpan _next = Patience;
    private int _width;

    /// <param name="total">0 or null: nobody knows.</param>
    public void Report(long done, long? total = null)
    {
        if (!console.ShowsProgress) return;
        lock (_lock)
        {
            var elapsed = console.Time.GetElapsedTime(_start);
            if (elapsed < _next) return;
            _next = elapsed + Pause;
            var share = total is > 0 and var all ? $" of {PlainText.Of(all)} ({100 * done / all} %)" : "";
            Show($"{PlainText.Of(done)}{share} {what}, {PlainText.Of((long)(done / elapsed.TotalSeconds))}/s");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_width > 0) Show("");
            _width = 0;
            _next = TimeSpan.MaxValue;
        }
    }

    private void Show(string line)
    {
        console.Error.Write($"\r{line.PadRight(_width)}");
        if (line.Length == 0) console.Error.Write('\r');
        console.Error.Flush();
        _width = line.Length;
    }
}
