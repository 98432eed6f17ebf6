using System.Security.Cryptography;
using System.Text;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Append;

/// <summary>Adds what the service knows: tenant, time of arrival, kind of source, salt, and an id and a time where the producer gave none.</summary>
public sealed class EnrichStep
{
    /// <summary>Label on events whose time is absurdly far from their arrival: <c>future</c> or <c>past</c>.</summary>
    public const string TimeLabel = EventSchema.ReservedLabelPrefix + "time";

    private const long FutureMicroseconds = 24L * 3_600 * 1_000_000;
    private const long PastMicroseconds = 3_660L * 24 * 3_600 * 1_000_000;
    private const int SaltBytes = 16;

    private readonly byte[] _random = new byte[SaltBytes * 256];
    private int _used = int.MaxValue;

    public void Apply(EventDraft draft, AppendRequest request, Timestamp now)
    {
        draft.SetText(EventField.Tenant, request.Tenant);
        draft.SetText(EventField.SourceKind, request.SourceKind);
        draft.SetTime(EventField.ReceivedAt, now);
        SetSalt(draft);
        if (!draft.Has(EventField.Id)) SetId(draft, now);
        if (!draft.Has(EventField.Time)) draft.SetTime(EventField.Time, now);
        else FlagAbsurdTime(draft, now);
    }

    private void SetSalt(EventDraft draft)
    {
        if (_used > _random.Length - SaltBytes)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }
        Span<byte> value = stackalloc byte[2 + SaltBytes * 2];
        value[0] = value[^1] = (byte)'"';
        Convert.TryToHexStringLower(_random.AsSpan(_used, SaltBytes), value[1..^1], out _);
        _used += SaltBytes;
        draft.SetCanonical(EventField.Salt, value);
    }

    private static void SetId(EventDraft draft, Timestamp now)
    {
        Span<byte> value = stackalloc byte[38];
        value[0] = value[^1] = (byte)'"';
        Guid.CreateVersion7(now.ToDateTimeOffset()).TryFormat(value[1..^1], out _);
        draft.SetCanonical(EventField.Id, value);
    }

    private static void FlagAbsurdTime(EventDraft draft, Timestamp now)
    {
        var text = draft.Value(EventField.Time)[1..^1];
        if (!Timestamp.TryParse(text, out var time, out _)) return;
        var ahead = time.Microseconds - now.Microseconds;
        if (ahead > FutureMicroseconds) AddLabel(draft, TimeLabel, "future");
        else if (ahead < -PastMicroseconds) AddLabel(draft, TimeLabel, "past");
    }

    private static void AddLabel(EventDraft draft, string name, string value)
    {
        var text = draft.Has(EventField.Labels) ? draft.Value(EventField.Labels) : "{}"u8;
        var members = text[1..^1];
        byte[] joined = [.. "{\""u8, .. Encoding.UTF8.GetBytes(name), .. "\":\""u8, .. Encoding.UTF8.GetBytes(value), (byte)'"', .. members.IsEmpty ? [] : ","u8, .. members, (byte)'}'];
        draft.SetCanonical(EventField.Labels, CanonicalJson.Canonicalize(joined));
    }
}
