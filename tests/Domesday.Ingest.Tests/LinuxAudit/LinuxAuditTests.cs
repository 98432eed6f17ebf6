using System.Net;
using System.Text;
using Domesday.Events;
using Domesday.Ingest.Tests.Syslog;

namespace Domesday.Ingest.Tests.LinuxAudit;

/// <summary>A machine's audit log: who did what with which files, programs and accounts.</summary>
public sealed class LinuxAuditTests
{
    private const string Path = "/ingest/linux-audit?host=web-1";

    private static byte[] Log => File.ReadAllBytes(System.IO.Path.Combine(AppContext.BaseDirectory, "LinuxAudit", "fixtures", "audit.log"));

    [Fact]
    public async Task The_records_of_one_event_become_one_event_although_others_stand_between_them()
    {
        await using var host = await IngestHost.StartAsync();
        Assert.Equal("""{"stored":7,"duplicate":0,"quarantined":0}""", await SendAsync(host, Log));
        var events = await host.EventsAsync();
        Assert.Equal(["read", "login", "delete", "execute", "login", "stop", "create"], events.Select(one => one.Action));
        var deleted = events[2];
        Assert.Equal(("unlinkat", "uid:1000", "alice", "7"), (deleted.Operation, deleted.Actor!.Id, deleted.Actor.Name, deleted.Request!.Session));
        Assert.Equal(("file", "/srv/my äd secret"), (deleted.Resource!.Type, deleted.Resource.Name));
        Assert.Equal(("root", "/usr/bin/rm", "web-1"), (deleted.Labels!["user"], deleted.Labels["program"], deleted.Labels["host"]));
        Assert.Equal(5, deleted.Raw!.Value.GetProperty("records").GetArrayLength());
    }

    [Fact]
    public async Task An_attempt_that_was_denied_is_a_failure_and_names_the_file()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, Log);
        var denied = (await host.EventsAsync())[0];
        Assert.Equal(("audit/web-1/1364481363.243:24287", "2013-03-28T14:36:03.243000Z"), (denied.Id, denied.Time.ToString()));
        Assert.Equal((OutcomeResult.Failure, -13), (denied.Outcome!.Result, denied.Outcome.Status));
        Assert.Equal(("/etc/ssh/sshd_config", "sshd_config", "cat /etc/ssh/sshd_config"), (denied.Resource!.Name, denied.Labels!["audit_key"], denied.Labels["command"]));
    }

    [Fact]
    public async Task A_command_is_told_with_all_its_words_and_by_whom_it_was_run()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, Log);
        var run = (await host.EventsAsync())[3];
        Assert.Equal(("execve", "program", "/usr/bin/dash", "sh -c echo hi; id", "alice"), (run.Operation, run.Resource!.Type, run.Resource.Name, run.Labels!["command"], run.Actor!.Name));
    }

    [Fact]
    public async Task Logins_services_and_accounts_are_told_from_records_that_stand_alone()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, Log);
        var events = await host.EventsAsync();
        var (failed, stopped, added) = (events[4], events[5], events[6]);
        Assert.Equal(("audit/db-1/1700000001.500:902", "bob", "192.0.2.7", OutcomeResult.Failure), (failed.Id, failed.Actor!.Name, failed.Source!.Ip, failed.Outcome!.Result));
        Assert.Equal(("unit", "nginx", OutcomeResult.Success, "uid:0", ActorType.Service), (stopped.Resource!.Type, stopped.Resource.Name, stopped.Outcome!.Result, stopped.Actor!.Id, stopped.Actor.Type));
        Assert.Equal(("alice", "account", "carol", "add-user"), (added.Actor!.Name, added.Resource!.Type, added.Resource.Name, added.Operation));
    }

    [Fact]
    public async Task The_same_lines_again_are_stored_once()
    {
        await using var host = await IngestHost.StartAsync();
        await SendAsync(host, Log);
        Assert.Equal("""{"stored":0,"duplicate":7,"quarantined":0}""", await SendAsync(host, Log));
    }

    [Fact]
    public async Task A_line_that_is_no_record_goes_to_quarantine_and_its_neighbours_are_stored()
    {
        await using var host = await IngestHost.StartAsync();
        byte[] lines = [.. "no record\ntype=X msg=audit(never:1): a=b\ntype=X msg=audit(99999999999999.0:1):\n\n"u8, .. Log];
        Assert.Equal("""{"stored":7,"duplicate":0,"quarantined":3}""", await SendAsync(host, lines));
        Assert.Equal(3, (await host.QuarantineAsync()).Count);
    }

    [Fact]
    public async Task Records_that_come_after_what_they_add_to_was_sent_are_not_lost()
    {
        await using var host = await IngestHost.StartAsync();
        var lines = Encoding.UTF8.GetString(Log).Split('\n');
        await SendAsync(host, Encoding.UTF8.GetBytes(lines[0]));
        Assert.Equal("""{"stored":1,"duplicate":0,"quarantined":0}""", await SendAsync(host, Encoding.UTF8.GetBytes(string.Join('\n', lines[1..4]))));
        var rest = (await host.EventsAsync())[1];
        Assert.Equal("audit/web-1/1364481363.243:24287/CWD", rest.Id);
        Assert.Equal("/etc/ssh/sshd_config", rest.Resource!.Name);
    }

    [Fact]
    public async Task Records_that_come_over_syslog_are_put_together_too()
    {
        await using var host = await SyslogHost.StartAsync();
        var lines = Encoding.UTF8.GetString(Log).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // One after the other, each in a message of its own, and one that is none of them between.
        var messages = lines[5..13].Select(line => $"<13>Nov 14 22:13:20 web-1 audispd: {line}\n").ToList();
        messages.Insert(3, "<13>Nov 14 22:13:20 web-1 cron: hello\n");
        await SendTcpAsync(host, string.Concat(messages));
        var events = await host.EventsAsync(3);
        Assert.Equal(["delete", "execute", "log"], events.Select(one => one.Action).Order());
        var deleted = events.Single(one => one.Action == "delete");
        Assert.Equal(("audit/web-1/1700000000.101:900", "/srv/my äd secret", "linux"), (deleted.Id, deleted.Resource!.Name, deleted.Service));
        Assert.StartsWith("tcp 127.0.0.1", deleted.Labels!["sender"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kernels_own_lines_are_read_where_no_auditd_runs()
    {
        await using var host = await SyslogHost.StartAsync();
        await SendTcpAsync(host, "<5>Nov 14 22:13:20 web-1 kernel: [   12.5] audit: type=1130 audit(1700000002.000:903): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=nginx comm=\"systemd\" res=success'\n");
        var started = Assert.Single(await host.EventsAsync(1));
        Assert.Equal(("start", "SERVICE_START", "nginx"), (started.Action, started.Operation, started.Resource!.Name));
    }

    private static async Task SendTcpAsync(SyslogHost host, string messages)
    {
        await using var connection = await SyslogHost.ConnectAsync(host.Tcp);
        await connection.WriteAsync(Encoding.UTF8.GetBytes(messages), TestContext.Current.CancellationToken);
    }

    private static async Task<string> SendAsync(IngestHost host, byte[] lines)
    {
        using var content = new ByteArrayContent(lines);
        using var answer = await host.Client.PostAsync(Path, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
