using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Alerts;

/// <summary>Decides about one event after the other. Time is when events arrived: looked at again after a crash, the same events raise the same alerts.</summary>
internal sealed class AlertRule
{
    /// <summary>Groups that a rule remembers; beyond them the one that was quiet longest is forgotten.</summary>
    private const int GroupsMax = 10_000;

    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly FilterMatcher _matcher;
    private readonly EventField?[] _groupBy;

    public AlertRule(AlertRecord record, EventFilter filter)
    {
        Record = record;
        _matcher = new(AccessScope.WholeTenant(record.Tenant), filter);
        _groupBy = [.. record.GroupBy.Select(path => EventSchema.TryFind(path, out var field) ? field : (EventField?)null)];
    }

    public AlertRecord Record { get; }

    public bool Matches(ReadOnlySpan<byte> entry, ReadOnlySpan<FieldSlice> slices, long sequence) => sequence >= Record.StartSequence && _matcher.Matches(entry, slices, sequence);

    /// <summary>Takes an event that matches.</summary>
    /// <param name="arrived">Microseconds.</param>
    /// <returns>The alert that it raises; null for none.</returns>
    public AuditEvent? Take(EntryFields entry, long arrived, RuleMemory memory)
    {
        memory.LastMatch = Math.Max(memory.LastMatch, arrived);
        if (Record.Condition == AlertConditions.Absence) return null;
        var key = string.Join('\n', _groupBy.Select(field => field is { } known ? entry.Text(known) ?? "" : RangeOf(entry.Text(EventField.SourceIp))));
        var isNew = !memory.Groups.TryGetValue(key, out var group);
        if (isNew) memory.Groups[key] = group = new();
        if (memory.Groups.Count > GroupsMax) Forget(memory, key);
        group!.Times.Add(arrived);
        if (group.Times.Count > Math.Max(1, Record.Count)) group.Times.RemoveAt(0);
        var isMet = Record.Condition switch
        {
            AlertConditions.Count => group.Times.Count == Record.Count && arrived - group.Times[0] <= Record.WindowSeconds * MicrosecondsPerSecond,
            AlertConditions.FirstSeen => isNew,
            _ => true,
        };
        if (!isMet) return null;
        if (arrived < Record.MutedUntil?.Microseconds || group.LastFired > 0 && arrived - group.LastFired < Record.CooldownSeconds * MicrosecondsPerSecond)
        {
            group.Held++;
            return null;
        }
        var alert = Alert(entry.Sequence.ToString(CultureInfo.InvariantCulture), Sentence(entry, group), key, entry.Sequence, group.Held);
        (group.LastFired, group.Held, memory.LastFired) = (arrived, 0, arrived);
        if (Record.Condition == AlertConditions.Count) group.Times.Clear();
        memory.Fired++;
        return alert;
    }

    /// <summary>Whether it has been silent for too long, told once for each silence.</summary>
    /// <param name="now">Microseconds.</param>
    public AuditEvent? Silence(long now, RuleMemory memory)
    {
        if (Record.Condition != AlertConditions.Absence || now < Record.MutedUntil?.Microseconds) return null;
        var since = Math.Max(memory.LastMatch, Record.UpdatedAt.Microseconds);
        if (memory.AbsenceTold == since || now - since < Record.WindowSeconds * MicrosecondsPerSecond) return null;
        (memory.AbsenceTold, memory.LastFired) = (since, now);
        memory.Fired++;
        return Alert(string.Create(CultureInfo.InvariantCulture, $"absence-{since}"), $"{Record.Name}: nothing since {new Timestamp(since)}", "", null, 0);
    }

    /// <summary>An alert that says it is a test.</summary>
    public static AuditEvent Test(AlertRecord record, Guid id) => new AlertRule(record, EventFilter.All).Alert($"test-{id}", $"{record.Name}: a test; nothing happened", "", null, 0);

    private string Sentence(EntryFields entry, GroupMemory group) => Record.Condition switch
    {
        AlertConditions.Count => string.Create(CultureInfo.InvariantCulture, $"{Record.Name}: {Record.Count} events within {Record.WindowSeconds} s, the last: {EventSentence.Of(entry)}"),
        AlertConditions.FirstSeen => $"{Record.Name}: seen for the first time: {EventSentence.Of(entry)}",
        _ => group.Held == 0 ? $"{Record.Name}: {EventSentence.Of(entry)}" : string.Create(CultureInfo.InvariantCulture, $"{Record.Name}: {EventSentence.Of(entry)} (and {group.Held} more since the last alert)"),
    };

    private AuditEvent Alert(string cause, string text, string group, long? sequence, int held)
    {
        var labels = new Dictionary<string, string> { [EventSeverity.Label] = Record.Severity, ["condition"] = Record.Condition };
        if (Record.Channels.Count > 0) labels["channels"] = string.Join(' ', Record.Channels);
        if (EventText.Clean(group.Replace('\n', ' ')) is { } groupText && groupText.Trim().Length > 0) labels["group"] = groupText;
        if (held > 0) labels["held"] = held.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            // The same whenever the same events are looked at: the ledger takes it once.
            Id = $"alert-{Record.Id}-{cause}",
            Service = ControlLedger.ServiceName,
            Action = "alert",
            Operation = AlertConditions.Operation,
            Actor = ChangeAuthor.Service.Actor,
            Resource = new() { Type = "alert", Id = Record.Id, Name = Record.Name },
            Outcome = new() { Result = OutcomeResult.Success },
            Reason = new() { Text = EventText.Clean(text, 2_000) },
            RefersTo = sequence,
            Labels = labels,
        };
    }

    private static void Forget(RuleMemory memory, string except)
    {
        var quietest = memory.Groups.Where(group => group.Key != except).MinBy(group => group.Value.Times.LastOrDefault()).Key;
        memory.Groups.Remove(quietest);
    }

    /// <summary>/24 of IPv4 and /48 of IPv6: the range that a provider or an office has.</summary>
    private static string RangeOf(string? text)
    {
        if (!IPAddress.TryParse(text, out var address)) return "";
        var bytes = address.GetAddressBytes();
        var kept = address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        Array.Clear(bytes, kept, bytes.Length - kept);
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }
}
