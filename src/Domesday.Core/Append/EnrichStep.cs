using System.Buffers.Binary;
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

    private readonly byte[] _random = new byte[16 * 1024];
    private int _used = int.MaxValue;
    private (string Text, byte[] Canonical) _tenant = ("", []);
    private (string Text, byte[] Canonical) _sourceKind = ("", []);

    public void Apply(EventDraft draft, AppendRequest request, Timestamp now)
    {
        draft.SetCanonical(EventField.Tenant, Canonical(ref _tenant, request.Tenant));
        draft.SetCanonical(EventField.SourceKind, Canonical(ref _sourceKind, request.SourceKind));
        draft.SetTime(EventField.ReceivedAt, now);
        SetSalt(draft);
        if (!draft.Has(EventField.Id)) SetId(draft, now);
        if (!draft.Has(EventField.Time)) draft.SetTime(EventField.Time, now);
        else FlagAbsurdTime(draft, now);
    }

    /// <summary>The same for every event of a request, and mostly for the next one too.</summary>
    private static byte[] Canonical(ref (string Text, byte[] Canonical) cached, string text)
    {
        if (cached.Text != text) cached = (text, [(byte)'"', .. CanonicalText.Escape(text), (byte)'"']);
        return cached.Canonical;
    }

    /// <summary>Fetched in large pieces: a system call for each event would cost as much as parsing it.</summary>
    private ReadOnlySpan<byte> Random(int count)
    {
        if (_used > _random.Length - count)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }
        _used += count;
        return _random.AsSpan(_used - count, count);
    }

    private void SetSalt(EventDraft draft)
    {
        Span<byte> value = stackalloc byte[2 + SaltBytes * 2];
        value[0] = value[^1] = (byte)'"';
        Convert.TryToHexStringLower(Random(SaltBytes), value[1..^1], out _);
        draft.SetCanonical(EventField.Salt, value);
    }

    /// <summary>A UUID version 7: the time of arrival in milliseconds, then random bits.</summary>
    /// <remarks>Source: RFC 9562 §5.7.</remarks>
    private void SetId(EventDraft draft, Timestamp now)
    {
        Span<byte> uuid = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(uuid, now.Microseconds / 1_000 << 16);
        Random(10).CopyTo(uuid[6..]);
        uuid[6] = (byte)(uuid[6] & 0x0F | 0x70);
        uuid[8] = (byte)(uuid[8] & 0x3F | 0x80);
        Span<byte> value = stackalloc byte[38];
        value[0] = value[^1] = (byte)'"';
        new Guid(uuid, bigEndian: true).TryFormat(value[1..^1], out _);
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
