using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Cli.Commands.Follow;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Tests.Commands;

/// <summary>A log that grows and is rotated while it is sent: every line arrives.</summary>
public sealed class FollowTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-follow");
    private readonly List<string> _sent = [];
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly MemoryStream _output = new();
    private readonly StringWriter _errors = new(CultureInfo.InvariantCulture);
    private readonly CliConsole _console;
    private int _failures;

    public FollowTests() => _console = new(new MemoryStream(), _output, _errors, new Dictionary<string, string>()) { KnownLedgers = "none" };

    private string Log => Path.Combine(_folder.FullName, "audit.log");

    private string State => Path.Combine(_folder.FullName, "position");

    [Fact]
    public async Task What_is_added_arrives_and_a_line_that_is_being_written_waits_for_its_end()
    {
        Write(Log, "a1", "a2");
        var run = Follow();
        await ArrivedAsync(2);
        File.AppendAllText(Log, "half of a");
        File.AppendAllText(Log, " line\n");
        await ArrivedAsync(3);
        await StopAsync(run);
        Assert.Equal(["a1", "a2", "half of a line"], _sent);
    }

    [Fact]
    public async Task A_start_goes_on_where_the_last_one_ended()
    {
        Write(Log, "a1", "a2");
        await StopAsync(Follow(), 2);
        Write(Log, "a3");
        await StopAsync(Follow(), 3);
        Assert.Equal(["a1", "a2", "a3"], _sent);
    }

    [Theory]
    [InlineData("audit.log.1")]
    [InlineData("audit-2026-11-21T20-40-00.000.log")]
    [InlineData("audit.log-20261121")]
    public async Task A_log_that_is_renamed_is_read_to_its_end_before_the_new_one(string renamed)
    {
        Write(Log, "a1");
        var run = Follow();
        await ArrivedAsync(1);
        using (var writer = new StreamWriter(new FileStream(Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)))
        {
            File.Move(Log, Path.Combine(_folder.FullName, renamed));
            // Whoever has it open goes on writing to it.
            await writer.WriteAsync("a2\n");
        }
        Write(Log, "b1");
        await ArrivedAsync(3);
        await StopAsync(run);
        Assert.Equal(["a1", "a2", "b1"], _sent);
    }

    [Fact]
    public async Task A_log_that_is_copied_and_emptied_is_read_to_the_end_of_the_copy()
    {
        Write(Log, "a1");
        await StopAsync(Follow(), 1);
        Write(Log, "a2");
        File.Copy(Log, Log + ".1");
        File.WriteAllText(Log, "");
        Write(Log, "b1");
        await StopAsync(Follow(), 3);
        Assert.Equal(["a1", "a2", "b1"], _sent);
    }

    [Fact]
    public async Task A_log_that_is_emptied_while_it_is_read_is_begun_anew()
    {
        Write(Log, "a1 which is longer than what comes then");
        var run = Follow();
        await ArrivedAsync(1);
        File.Copy(Log, Log + ".1");
        File.WriteAllText(Log, "");
        Write(Log, "b1");
        await ArrivedAsync(2);
        await StopAsync(run);
        Assert.Equal(["a1 which is longer than what comes then", "b1"], _sent);
    }

    [Fact]
    public async Task Several_rotations_while_nobody_looked_lose_nothing_and_compressed_ones_are_read()
    {
        Write(Log, "a1");
        await StopAsync(Follow(), 1);
        Write(Log, "a2");
        Rotate("audit.log.3.gz", minutes: 3);
        Write(Log, "b1", "b2");
        Rotate("audit.log.2.gz", minutes: 2);
        Write(Log, "c1");
        Rotate("audit.log.1", minutes: 1);
        Write(Log, "d1");
        await StopAsync(Follow(), 6);
        Assert.Equal(["a1", "a2", "b1", "b2", "c1", "d1"], _sent);
    }

    [Fact]
    public async Task While_the_service_is_away_nothing_is_lost_and_nothing_is_remembered_as_sent()
    {
        _failures = 3;
        Write(Log, "a1", "a2");
        await StopAsync(Follow(), 2);
        Assert.Equal(["a1", "a2"], _sent);
        Assert.Equal(0, _failures);
    }

    [Fact]
    public async Task When_it_is_killed_between_sending_and_remembering_it_sends_again()
    {
        Write(Log, "a1");
        await StopAsync(Follow(), 1);
        var before = await File.ReadAllBytesAsync(State, TestContext.Current.CancellationToken);
        Write(Log, "a2");
        await StopAsync(Follow(), 2);
        await File.WriteAllBytesAsync(State, before, TestContext.Current.CancellationToken);
        await StopAsync(Follow(), 3);
        Assert.Equal(["a1", "a2", "a2"], _sent);
    }

    [Fact]
    public async Task A_position_that_cannot_be_read_costs_repetitions_and_no_line()
    {
        Write(Log, "a1");
        Rotate("audit.log.1", minutes: 1);
        Write(Log, "b1");
        await File.WriteAllTextAsync(State, "{\"mark\":", TestContext.Current.CancellationToken);
        await StopAsync(Follow(), 2);
        Assert.Equal(["a1", "b1"], _sent);
    }

    [Fact]
    public async Task When_what_was_read_last_is_gone_it_says_so_and_goes_on()
    {
        Write(Log, "a1");
        await StopAsync(Follow(), 1);
        File.Delete(Log);
        Write(Log, "b1");
        await StopAsync(Follow(), 2);
        Assert.Equal(["a1", "b1"], _sent);
        Assert.Contains("is lost", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gigantic_line_is_cut_and_the_next_one_is_whole()
    {
        await File.WriteAllTextAsync(Log, new string('x', LineCut.LineBytesMax + 100_000) + "\nnext\n", TestContext.Current.CancellationToken);
        await StopAsync(Follow(), 2);
        Assert.Equal((LineCut.LineBytesMax, "next"), (_sent[0].Length, _sent[1]));
    }

    [Fact]
    public void Records_of_one_event_are_never_sent_in_two_requests()
    {
        var first = "type=SYSCALL msg=audit(1.0:1): a\ntype=SYSCALL msg=audit(1.0:2): b\ntype=EOE msg=audit(1.0:1): \n"u8;
        Assert.Equal(0, LineCut.Events(first, isQuiet: false));
        Assert.Equal(first.Length, LineCut.Events(first, isQuiet: true));
        byte[] both = [.. first, .. "type=EOE msg=audit(1.0:2): \n"u8];
        Assert.Equal(both.Length, LineCut.Events(both, isQuiet: false));
        byte[] more = [.. both, .. "type=SYSCALL msg=audit(1.0:3): c\ntype=CWD msg=audit(1.0:3): d\n"u8];
        Assert.Equal(both.Length, LineCut.Events(more, isQuiet: false));
        byte[] titled = [.. more, .. "type=PROCTITLE msg=audit(1.0:3): e\ntype=USER_LOGIN msg=audit(1.0:4): f\n"u8];
        Assert.Equal(titled.Length, LineCut.Events(titled, isQuiet: false));
    }

    [Fact]
    public async Task The_command_sends_logs_that_the_service_reads_and_stores_no_line_twice()
    {
        await using var cli = await CliHost.StartAsync();
        await File.WriteAllTextAsync(cli["audit.log"], "{\"kind\":\"Event\",\"auditID\":\"1\",\"stage\":\"ResponseComplete\",\"verb\":\"delete\"}\n{\"auditID\":\"2\",\"verb\":\"get\"}\nno event\n", TestContext.Current.CancellationToken);
        Assert.Equal("2 events stored, 0 were there already, 1 kept in quarantine\n", await cli.OutputAsync("send", "--as", "kubernetes", "--origin", "prod-1", cli["audit.log"]));
        Assert.StartsWith("0 events stored, 2 were there already", await cli.OutputAsync("send", "--as", "kubernetes", cli["audit.log"]), StringComparison.Ordinal);
        var deleted = JsonNode.Parse((await cli.OutputAsync("query", "--action", "delete", "--json")).Split('\n')[0])!;
        Assert.Equal(("1/ResponseComplete", "prod-1"), (deleted["id"]!.GetValue<string>(), deleted["scope"]!["cluster"]!["name"]!.GetValue<string>()));
        await File.WriteAllTextAsync(cli["linux.log"], "node=n type=USER_LOGIN msg=audit(1.5:1): pid=1 auid=5 res=success\n", TestContext.Current.CancellationToken);
        Assert.StartsWith("1 events stored", await cli.OutputAsync("send", "--as", "linux-audit", cli["linux.log"]), StringComparison.Ordinal);
        Assert.Equal(2, (await cli.RunAsync("send", "--follow", cli["linux.log"])).Code);
        Assert.Equal(2, (await cli.RunAsync("send", "--as", "linux-audit")).Code);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
        _console.Dispose();
        _folder.Delete(recursive: true);
    }

    private static void Write(string file, params string[] lines) => File.AppendAllText(file, string.Concat(lines.Select(line => line + "\n")));

    private void Rotate(string name, int minutes)
    {
        var part = Path.Combine(_folder.FullName, name);
        if (!name.EndsWith(".gz", StringComparison.Ordinal)) File.Move(Log, part);
        else
        {
            using (var stream = new GZipStream(File.Create(part), CompressionMode.Compress)) stream.Write(Encoding.UTF8.GetBytes(File.ReadAllText(Log)));
            File.Delete(Log);
        }
        File.SetLastWriteTimeUtc(part, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60 - minutes));
    }

    private (Task Run, CancellationTokenSource Stop) Follow()
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var settings = new FollowSettings(Log, SendAsync) { StateFile = State, HasEventsOfSeveralLines = false, IsEndless = true, Pause = TimeSpan.FromMilliseconds(10) };
        return (Task.Run(() => new FollowRun(_console, settings).RunAsync(stop.Token)), stop);
    }

    private Task<LogAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation)
    {
        lock (_sent)
        {
            if (_failures > 0)
            {
                _failures--;
                throw new HttpRequestException("The service is away.");
            }
            var sent = Encoding.UTF8.GetString(lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            _sent.AddRange(sent);
            return Task.FromResult(new LogAnswer(sent.Length, 0, 0));
        }
    }

    private async Task ArrivedAsync(int lines)
    {
        while (true)
        {
            lock (_sent)
            {
                if (_sent.Count >= lines) return;
            }
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private Task StopAsync((Task Run, CancellationTokenSource Stop) follow, int lines) => StopAsync(follow, ArrivedAsync(lines));

    private Task StopAsync((Task Run, CancellationTokenSource Stop) follow) => StopAsync(follow, Task.CompletedTask);

    private async Task StopAsync((Task Run, CancellationTokenSource Stop) follow, Task arrived)
    {
        await await Task.WhenAny(arrived, follow.Run);
        var seen = -1;
        // What was sent is remembered a moment later.
        while (File.Exists(State) && FollowState.Load(State) is { } state && (int)state.Offset != seen)
        {
            seen = (int)state.Offset;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        await follow.Stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follow.Run);
        follow.Stop.Dispose();
    }
}
