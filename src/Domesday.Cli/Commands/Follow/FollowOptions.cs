using System.CommandLine;
using System.Globalization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Follow;

/// <summary>What <c>domesday send</c> is told about logs.</summary>
internal sealed class FollowOptions
{
    private const string Native = "events", Kubernetes = "kubernetes", LinuxAudit = "linux-audit";

    private readonly Option<bool> _follow = new("--follow") { Description = "Goes on with what is added to the file, through rotations, until it is stopped; needs --state." };
    private readonly Option<string?> _state = new("--state") { HelpName = "FILE", Description = "Remembers up to where the log was sent, to go on from there." };
    private readonly Option<string?> _as = new Option<string?>("--as") { HelpName = $"{Native}|{Kubernetes}|{LinuxAudit}", Description = $"What stands on the lines: events, audit events of kube-apiserver (--audit-log-path), or records of auditd. Default {Native}." }.AcceptOnlyFromAmong(Native, Kubernetes, LinuxAudit);
    private readonly Option<string?> _origin = new("--origin") { HelpName = "NAME", Description = $"The cluster whose log it is, or the host; for {LinuxAudit} this machine's name unless given." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _follow, _state, _as, _origin }) command.Options.Add(option);
    }

    public bool IsWanted(ParseResult parse) => parse.GetValue(_follow) || parse.GetValue(_state) is not null || (parse.GetValue(_as) ?? Native) != Native;

    public async Task<int> RunAsync(CliConsole console, DomesdayClient client, ParseResult parse, string? file, CancellationToken cancellation)
    {
        if (file is null or "-") throw new UsageException("A log is followed by its name: give the file.");
        var (isEndless, state, kind) = (parse.GetValue(_follow), parse.GetValue(_state), parse.GetValue(_as) ?? Native);
        if (isEndless && state is null) throw new UsageException("--follow needs --state FILE, where it is remembered up to where the log was sent.");
        var origin = parse.GetValue(_origin) ?? (kind == LinuxAudit ? Environment.MachineName : null);
        var settings = new FollowSettings(file, (lines, sending) => SendAsync(client, kind, lines, origin, sending))
        {
            StateFile = state,
            HasEventsOfSeveralLines = kind == LinuxAudit,
            IsEndless = isEndless,
        };
        var sent = await new FollowRun(console, settings).RunAsync(cancellation);
        await console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{sent.Stored} events stored, {sent.Duplicate} were there already, {sent.Quarantined} kept in quarantine"));
        return 0;
    }

    private static async Task<LogAnswer> SendAsync(DomesdayClient client, string kind, ReadOnlyMemory<byte> lines, string? origin, CancellationToken cancellation)
    {
        if (kind != Native) return await client.AppendLogAsync(kind == Kubernetes ? LogKind.Kubernetes : LogKind.LinuxAudit, lines, origin, cancellation);
        var answer = await client.AppendAsync(lines, new AppendOptions { BadEvents = BadEvents.Quarantine }, cancellation);
        var duplicates = answer.Receipts.Count(receipt => receipt.Duplicate);
        return new(answer.Receipts.Count - duplicates, duplicates, answer.Quarantined);
    }
}
