namespace Domesday.Cli.Commands.Backup;

/// <summary>Says once a second how many bytes have passed, on a terminal alone.</summary>
internal sealed class ByteProgress : IAsyncDisposable
{
    private const int MebiByte = 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PeriodicTimer _timer = new(Pause);
    private readonly Task _loop;

    /// <param name="what">Such as <c>Restoring</c>.</param>
    /// <param name="position">Bytes so far; called in any thread.</param>
    public ByteProgress(string what, Func<long> position) => _loop = Console.IsErrorRedirected ? Task.CompletedTask : ShowAsync(what, position);

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _loop;
    }

    private async Task ShowAsync(string what, Func<long> position)
    {
        var shown = false;
        while (await _timer.WaitForNextTickAsync())
        {
            await Console.Error.WriteAsync($"\r{what}: {position() / MebiByte} MiB ");
            shown = true;
        }
        if (shown) await Console.Error.WriteLineAsync();
    }
}
