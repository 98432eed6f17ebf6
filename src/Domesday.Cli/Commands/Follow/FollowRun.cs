using System.Globalization;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Follow;

/// <summary>Sends a log as it grows, through rotations by rename and by copying; what was sent is remembered when the service has it on its disk, so that nothing is lost and what comes twice has the same ids.</summary>
internal sealed class FollowRun(CliConsole console, FollowSettings settings)
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private readonly RotatedLogs _logs = new(settings.File);
    private long _stored, _duplicates, _quarantined;
    private bool _skipsLine;

    /// <exception cref="ProblemException">The service refuses what no repetition can mend, such as a key that is not valid.</exception>
    public async Task<LogAnswer> RunAsync(CancellationToken cancellation)
    {
        var log = await BeginAsync(cancellation);
        try
        {
            var quiet = 0;
            while (true)
            {
                if (await SendNextAsync(log, quiet > 0, cancellation))
                {
                    quiet = 0;
                    continue;
                }
                if (!settings.IsEndless && quiet > 0) break;
                // What is written until the second look belongs to the old file, whatever the path names by then.
                if (settings.IsEndless && quiet++ > 0 && SuccessorOf(log) is { } next)
                {
                    await SendRestAsync(log, cancellation);
                    log.Dispose();
                    log = next;
                    quiet = 0;
                    continue;
                }
                quiet = Math.Max(quiet, 1);
                if (settings.IsEndless) await Task.Delay(settings.Pause, console.Time, cancellation);
            }
            await SendRestAsync(log, cancellation);
        }
        finally
        {
            log.Dispose();
        }
        return new((int)_stored, (int)_duplicates, (int)_quarantined);
    }

    private async Task<LogFile> BeginAsync(CancellationToken cancellation)
    {
        var state = FollowState.Load(settings.StateFile);
        if (state is not null && _logs.Find(state.Mark, isElsewhere: false) is { } found) return LogFile.Open(found, state.Offset);
        if (state is { Mark.IsEmpty: false }) await console.Error.WriteLineAsync("The part of the log that was sent last is gone: what was written to it afterwards is lost. Going on with what is left.");
        while (true)
        {
            var next = state is null ? File.Exists(settings.File) ? settings.File : null : _logs.Next(state.WrittenAt) ?? (File.Exists(settings.File) ? settings.File : null);
            if (next is not null) return LogFile.Open(next, 0);
            if (!settings.IsEndless) throw new FileNotFoundException($"{settings.File} is not there.");
            await Task.Delay(settings.Pause, console.Time, cancellation);
        }
    }

    /// <returns>False when there is nothing to send now.</returns>
    private async ValueTask<bool> SendNextAsync(LogFile log, bool isQuiet, CancellationToken cancellation)
    {
        while (true)
        {
            if (log.IsRewritten()) return false;
            if (_skipsLine && !TrySkip(log) && await log.FillAsync(cancellation)) continue;
            var length = settings.HasEventsOfSeveralLines ? LineCut.Events(log.Unread.Span, false) : LineCut.Lines(log.Unread.Span);
            var isFull = log.Unread.Length > LineCut.BytesMax;
            if (length > 0 && (isFull || length < log.Unread.Length))
            {
                await SendAsync(log, length, cancellation);
                return true;
            }
            if (length == 0 && log.Unread.Length > LineCut.LineBytesMax)
            {
                _skipsLine = true;
                await SendAsync(log, LineCut.LineBytesMax, cancellation);
                return true;
            }
            if (await log.FillAsync(cancellation)) continue;
            if (length == 0 && isQuiet && settings.HasEventsOfSeveralLines) length = LineCut.Events(log.Unread.Span, true);
            if (length == 0) return false;
            await SendAsync(log, length, cancellation);
            return true;
        }
    }

    /// <summary>Passes over the rest of a line of which enough was sent.</summary>
    private bool TrySkip(LogFile log)
    {
        var end = log.Unread.Span.IndexOf((byte)'\n');
        log.Advance(end < 0 ? log.Unread.Length : end + 1);
        _skipsLine = end < 0;
        return end >= 0;
    }

    /// <summary>A last line without an end, in a file that grows no more.</summary>
    private async Task SendRestAsync(LogFile log, CancellationToken cancellation)
    {
        if (log.Unread.Length > 0 && !_skipsLine) await SendAsync(log, log.Unread.Length, cancellation);
        _logs.Finish(log.Mark);
        _skipsLine = false;
    }

    /// <summary>What is to be read behind a file at whose end we are; null while it is still the one that is written.</summary>
    private LogFile? SuccessorOf(LogFile log)
    {
        if (log.IsRewritten())
        {
            // It was copied before it was emptied: what was not read of it yet stands in the copy.
            if (!log.Mark.IsEmpty && _logs.Find(log.Mark, isElsewhere: true) is { } copy && copy != log.Path) return LogFile.Open(copy, log.Offset);
            return _logs.Head().Length == 0 ? null : LogFile.Open(settings.File, 0);
        }
        var head = _logs.Head();
        if (head.Length == 0 || log.Mark.IsEmpty || log.Mark.Fits(head)) return null;
        _logs.Finish(log.Mark);
        return _logs.Next(log.WrittenAt) is { } next ? LogFile.Open(next, 0) : null;
    }

    private async Task SendAsync(LogFile log, int length, CancellationToken cancellation)
    {
        await DeliverAsync(log.Unread[..length], cancellation);
        log.Advance(length);
        if (settings.StateFile is not null) new FollowState(log.Mark, log.Offset, log.WrittenAt).Save(settings.StateFile);
    }

    private async Task DeliverAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation)
    {
        if (lines.Span.Trim(" \r\n"u8).IsEmpty) return;
        for (var pause = settings.Pause; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                var answer = await settings.Send(lines, cancellation);
                _stored += answer.Stored;
                _duplicates += answer.Duplicate;
                _quarantined += answer.Quarantined;
                return;
            }
            catch (ProblemException problem) when (problem.Status == 413 && lines.Span[..^1].LastIndexOf((byte)'\n') is >= 0)
            {
                var half = lines.Span[..(lines.Length / 2)].LastIndexOf((byte)'\n') is >= 0 and var before ? before + 1 : lines.Span.IndexOf((byte)'\n') + 1;
                await DeliverAsync(lines[..half], cancellation);
                await DeliverAsync(lines[half..], cancellation);
                return;
            }
            catch (ProblemException problem) when (problem.Status == 413)
            {
                await console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"A line of {lines.Length} bytes is larger than the service takes, and was passed over."));
                return;
            }
            catch (Exception exception) when (settings.IsEndless && IsPassing(exception))
            {
                await console.Error.WriteLineAsync($"Not stored yet: {exception.Message}");
                await Task.Delay((exception as ProblemException)?.RetryAfter ?? pause, console.Time, cancellation);
            }
        }
    }

    private static bool IsPassing(Exception exception) => exception is HttpRequestException or TimeoutException or IOException or ProblemException { Status: 408 or 429 or >= 500 };
}
