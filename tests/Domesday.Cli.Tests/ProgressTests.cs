using System.Globalization;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Tests;

public sealed class ProgressTests
{
    [Fact]
    public void Progress_waits_a_second_and_leaves_nothing_behind()
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var time = new StoppedTime();
        using var console = new CliConsole(Stream.Null, Stream.Null, error, new Dictionary<string, string>()) { ShowsProgress = true, Time = time };
        using (var progress = new ProgressLine(console, "events"))
        {
            progress.Report(5);
            Assert.Empty(error.ToString());
            time.Seconds = 2;
            progress.Report(50, 200);
            Assert.Equal("\r50 of 200 (25 %) events, 25/s", error.ToString());
        }
        Assert.EndsWith("\r", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(error.ToString().Split('\r')[^2].Trim());
    }

    [Fact]
    public void A_pipe_is_shown_no_progress()
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var time = new StoppedTime();
        using var console = new CliConsole(Stream.Null, Stream.Null, error, new Dictionary<string, string>()) { Time = time };
        using (var progress = new ProgressLine(console, "events"))
        {
            time.Seconds = 2;
            progress.Report(50);
        }
        Assert.Empty(error.ToString());
    }

    private sealed class StoppedTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
