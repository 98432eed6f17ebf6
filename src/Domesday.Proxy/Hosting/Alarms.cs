using Domesday.Capture.Recording;
using Domesday.Client.Spool;
using Microsoft.Extensions.Logging;

namespace Domesday.Proxy.Hosting;

/// <summary>Says once in a while, and not for each request, what people should know.</summary>
internal sealed class Alarms(ILogger logger, EventSpool spool, PolicySource policy, Recorder recorder, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private long _unrecorded, _refused;
    private string _outcome = "";
    private bool _isAway;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        recorder.Alarm = (_, outcome) => Volatile.Write(ref _outcome, Text(outcome));
        policy.Changed = TellPolicy;
        if (policy.Version is not null) TellPolicy();
        var found = spool.Counters;
        if (found.TornBytes + found.DamagedBytes > 0) ProxyLog.Recovered(logger, found.TornBytes, found.DamagedBytes);
        while (true)
        {
            Tell();
            await Task.Delay(Pause, time, cancellation);
        }
    }

    private void TellPolicy()
    {
        if (logger.IsEnabled(LogLevel.Information)) ProxyLog.Policy(logger, policy.Version ?? 0, policy.Current.Policy.Level.ToString().ToLowerInvariant(), policy.Current.Policy.Rules.Count);
    }

    private void Tell()
    {
        var (counters, state) = (recorder.Counters, spool.Counters);
        if (counters.Unrecorded > _unrecorded) ProxyLog.Unrecorded(logger, counters.Unrecorded - _unrecorded, Volatile.Read(ref _outcome));
        if (counters.Refused > _refused) ProxyLog.Refused(logger, counters.Refused - _refused, Volatile.Read(ref _outcome));
        (_unrecorded, _refused) = (counters.Unrecorded, counters.Refused);
        if (state.LastError is { } reason && !_isAway) ProxyLog.ServiceAway(logger, state.Waiting, reason);
        else if (state.LastError is null && _isAway) ProxyLog.ServiceBack(logger, state.Waiting);
        _isAway = state.LastError is not null;
    }

    private static string Text(SpoolOutcome outcome) => outcome switch
    {
        SpoolOutcome.Full => "full",
        SpoolOutcome.TooLarge => "too large",
        _ => "disk failed",
    };
}
