using System.Buffers.Binary;
using System.Net;
using System.Text;
using Domesday.Events;
using Domesday.Http.PlugIns;
using Domesday.Ingest.Journal;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Ingest.Tests.Journal;

/// <summary>A machine's journal, with its audit records, in the form in which systemd sends it.</summary>
public sealed class JournalTests
{
    private const string Upload = "/ingest/journal/upload";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Session => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Journal", "fixtures", "session.export"));

    [Fact]
    public async Task An_audit_record_says_who_did_what_with_what_outcome()
    {
        await using var host = await IngestHost.StartAsync();
        Assert.Equal("""{"stored":3,"duplicate":0,"quarantined":0}""", await SendAsync(host, Session));
        var events = await host.EventsAsync();
        var login = events[1];
        Assert.Equal(("login", "USER_LOGIN", "uid:1000", "alice"), (login.Action, login.Operation, login.Actor!.Id, login.Actor.Name));
        Assert.Equal((OutcomeResult.Failure, "192.0.2.7", "3"), (login.Outcome!.Result, login.Source!.Ip, login.Request!.Session));
        Assert.Equal(("waldi", "/usr/sbin/sshd"), (login.Labels!["host"], login.Labels["program"]));
        var start = events[2];
        Assert.Equal(("start", "nginx", ActorType.Service, OutcomeResult.Success), (start.Action, start.Resource!.Name, start.Actor!.Type, start.Outcome!.Result));
        Assert.Null(start.Request);
    }

    [Fact]
    public async Task An_entry_that_is_no_audit_record_is_kept_with_all_that_it_holds()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, Session);
        var entry = (await host.EventsAsync())[0];
        Assert.Equal(("log", "gdm-password]", "2012-07-17T16:01:01.413961Z", "warning"), (entry.Action, entry.Service, entry.Time.ToString(), entry.Labels!["severity"]));
        Assert.Equal("AccountsService-DEBUG(+): ActUserManager: ignoring unspecified session", entry.Raw!.Value.GetProperty("MESSAGE").GetString());
        Assert.Equal("21415215982", entry.Raw.Value.GetProperty("__MONOTONIC_TIMESTAMP").GetString());
    }

    [Fact]
    public async Task The_same_again_is_stored_once()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, Session);
        Assert.Equal("""{"stored":0,"duplicate":3,"quarantined":0}""", await SendAsync(host, Session));
        Assert.Equal(3, (await host.EventsAsync()).Count);
    }

    [Fact]
    public async Task Values_of_any_bytes_and_of_the_same_name_are_kept()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, [.. Field("__REALTIME_TIMESTAMP", "1"), .. Binary("MESSAGE", "two\nlines"u8), .. Binary("DATA", [0, 255, 10]), .. Field("TAG", "a"), .. Field("TAG", "b"), .. "\n"u8]);
        var raw = Assert.Single(await host.EventsAsync()).Raw!.Value;
        Assert.Equal(("two\nlines", "AP8K"), (raw.GetProperty("MESSAGE").GetString(), raw.GetProperty("DATA").GetProperty("base64").GetString()));
        Assert.Equal("""["a","b"]""", raw.GetProperty("TAG").GetRawText());
    }

    [Fact]
    public async Task A_journal_that_is_larger_than_a_request_may_be_is_taken_in_batches()
    {
        await using var host = await IngestHost.StartAsync(new BatchLimits(256 * 1024, 100_000));
        using var all = new MemoryStream();
        for (var i = 0; i < 3_000; i++) all.Write([.. Field("__CURSOR", $"c{i}"), .. Field("__REALTIME_TIMESTAMP", "1"), .. Field("MESSAGE", new string('x', 1_000)), .. "\n"u8]);
        Assert.Equal("""{"stored":3000,"duplicate":0,"quarantined":0}""", await SendAsync(host, all.ToArray()));
    }

    [Theory]
    [InlineData("no entry\n\n")]
    [InlineData("=value\n\n")]
    [InlineData("MESSAGE\nÿÿÿÿÿÿÿÿ")]
    [InlineData("MESSAGE=never ended")]
    public async Task What_is_no_entry_is_kept_in_quarantine_and_what_came_before_is_stored(string rest)
    {
        await using var host = await IngestHost.StartAsync();
        using var content = new ByteArrayContent([.. Session, .. Encoding.Latin1.GetBytes(rest)]);
        using var answer = await host.Client.PostAsync(Upload, content, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(3, (await host.EventsAsync()).Count(one => one.Id?.StartsWith("journal/s=", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void Entries_end_where_they_end_and_no_bytes_are_a_crash()
    {
        var part = Gen.Elements<byte[]>([.. Field("A", "b")], [.. Binary("B", [1, 10, 10])], "\n"u8.ToArray(), "A"u8.ToArray(), "="u8.ToArray(), [255], [0, 0, 0, 0, 0, 0, 0, 0], "lower=1\n"u8.ToArray());
        Prop.ForAll(Gen.ArrayOf(part).ToArbitrary(), parts =>
        {
            byte[] bytes = [.. parts.SelectMany(one => one)];
            var length = JournalEntry.LengthOf(bytes);
            Assert.InRange(length, -1, bytes.Length);
            if (length <= 0) return;
            Assert.NotNull(JournalEntry.TryRead(bytes.AsMemory(0, length)));
            for (var cut = 0; cut < length; cut++) Assert.Equal(0, JournalEntry.LengthOf(bytes.AsSpan(0, cut)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Systemds_own_sender_is_understood()
    {
        var remote = OutsideProgram.Need("systemd-journal-remote", "/lib/systemd/systemd-journal-remote");
        var upload = OutsideProgram.Need("systemd-journal-remote", "/lib/systemd/systemd-journal-upload");
        await using var host = await IngestHost.StartAsync();
        var folder = Directory.CreateTempSubdirectory("domesday-journal");
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "session.export"), Session, Cancellation);
            var (made, why) = await OutsideProgram.RunAsync(remote, folder.FullName, "--output=session.journal", "session.export");
            Assert.True(made == 0, why);
            for (var round = 0; round < 2; round++)
            {
                var (sent, said) = await OutsideProgram.RunAsync(upload, folder.FullName, $"--url={host.Url.GetLeftPart(UriPartial.Authority)}/ingest/journal", "--file=session.journal", "--follow=no");
                Assert.True(sent == 0, said);
            }
            var events = await host.EventsAsync();
            Assert.Equal(["log", "login", "start"], events.Select(one => one.Action));
            Assert.Equal("alice", events[1].Actor!.Name);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> SendAsync(IngestHost host, byte[] entries)
    {
        using var content = new StreamContent(new MemoryStream(entries));
        content.Headers.ContentType = new("application/vnd.fdo.journal");
        using var answer = await host.Client.PostAsync(Upload, content, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static byte[] Field(string name, string value) => Encoding.UTF8.GetBytes($"{name}={value}\n");

    private static byte[] Binary(string name, ReadOnlySpan<byte> value)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, value.Length);
        return [.. Encoding.ASCII.GetBytes(name + "\n"), .. length, .. value, (byte)'\n'];
    }
}
