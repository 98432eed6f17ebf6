using System.Text;
using Domesday.Core.Export;
using Domesday.Events.Schema;

namespace Domesday.Dialects.UpCloud;

/// <summary>One event as UpCloud writes it. What is not there is left out, never null; what must be there has a value that says so.</summary>
internal static class UpCloudRecord
{
    /// <summary>Holds <c>auth_type</c> of imported records.</summary>
    public const string AuthTypeLabel = "upcloud.auth_type";

    /// <summary>Holds an <c>ip_address</c> that is masked, and so is none.</summary>
    public const string AddressLabel = "upcloud.ip_address";

    public static IReadOnlyList<string> Columns { get; } =
    [
        "time", "auth_type", "cloud_event_id", "upcloud_correlation_id", "resource_type", "action", "origin", "account_username",
        "resource_sub_type", "ip_address", "resource_id", "current_state", "previous_state",
    ];

    public static void Write(EntryFields entry, RecordJson json)
    {
        var id = EventIdOf(entry, stackalloc byte[Ulid.Length]);
        var origin = OriginOf(entry);
        json.OpenObject();
        json.Member("time"u8, entry.Raw(EventField.Time));
        json.Member("auth_type"u8, AuthTypeOf(entry, origin));
        json.Member("cloud_event_id"u8, id);
        if (entry.Has(EventField.RequestId)) json.Member("upcloud_correlation_id"u8, entry.Raw(EventField.RequestId));
        else json.Member("upcloud_correlation_id"u8, id);
        json.Member("resource_type"u8, ResourceTypeOf(entry));
        json.Member("action"u8, entry.Raw(EventField.Action));
        json.Member("origin"u8, origin);
        json.Member("account_username"u8, UserNameOf(entry));
        json.Optional("resource_sub_type"u8, entry.Raw(EventField.ResourceSubType));
        if (entry.Has(EventField.SourceIp)) json.Member("ip_address"u8, entry.Raw(EventField.SourceIp));
        else json.Optional("ip_address"u8, entry.Label(AddressLabel));
        json.Optional("resource_id"u8, entry.Raw(EventField.ResourceId));
        WriteState(json, "current_state"u8, entry.Raw(EventField.ChangeAfter));
        WriteState(json, "previous_state"u8, entry.Raw(EventField.ChangeBefore));
        json.CloseObject();
    }

    /// <summary>The same values in the order of <see cref="Columns"/>.</summary>
    public static void WriteCells(EntryFields entry, RecordRow row)
    {
        var id = EventIdOf(entry, stackalloc byte[Ulid.Length]);
        var origin = OriginOf(entry);
        row.Cell(entry.Raw(EventField.Time));
        row.Cell(AuthTypeOf(entry, origin));
        row.Cell(id);
        if (entry.Has(EventField.RequestId)) row.Cell(entry.Raw(EventField.RequestId));
        else row.Cell(id);
        row.Cell(ResourceTypeOf(entry));
        row.Cell(entry.Raw(EventField.Action));
        row.Cell(origin);
        row.Cell(UserNameOf(entry));
        row.Cell(entry.Raw(EventField.ResourceSubType));
        if (entry.Has(EventField.SourceIp)) row.Cell(entry.Raw(EventField.SourceIp));
        else row.Cell(entry.Label(AddressLabel));
        row.Cell(entry.Raw(EventField.ResourceId));
        row.Cell(entry.Raw(EventField.ChangeAfter));
        row.Cell(entry.Raw(EventField.ChangeBefore));
    }

    /// <summary>The producer's own id when it is a ULID, else one made of time and sequence, which <see cref="Ulid.TryReadSequence"/> reads back.</summary>
    public static string EventIdOf(EntryFields entry) => Encoding.ASCII.GetString(EventIdOf(entry, stackalloc byte[Ulid.Length]));

    /// <inheritdoc cref="EventIdOf(EntryFields)"/>
    /// <param name="room">For one that is made.</param>
    private static ReadOnlySpan<byte> EventIdOf(EntryFields entry, Span<byte> room)
    {
        var own = entry.Raw(EventField.Id);
        if (Ulid.IsUlid(own)) return own;
        Ulid.Write(entry.Time, entry.Sequence, room);
        return room;
    }

    private static ReadOnlySpan<byte> OriginOf(EntryFields entry)
    {
        var origin = entry.Raw(EventField.Origin);
        if (origin.SequenceEqual("gui"u8)) return "gui"u8;
        return origin.SequenceEqual("internal"u8) || origin.SequenceEqual("upcloud_internal"u8) ? "upcloud_internal"u8 : "api"u8;
    }

    private static ReadOnlySpan<byte> AuthTypeOf(EntryFields entry, ReadOnlySpan<byte> origin) =>
        entry.Label(AuthTypeLabel) is { } imported ? Domesday.Events.Json.CanonicalText.Escape(imported) : origin.SequenceEqual("gui"u8) ? "gui"u8 : "api"u8;

    private static ReadOnlySpan<byte> ResourceTypeOf(EntryFields entry)
    {
        var type = entry.Raw(EventField.ResourceType, EventField.Service);
        return type.IsEmpty ? "account"u8 : type;
    }

    private static ReadOnlySpan<byte> UserNameOf(EntryFields entry)
    {
        var name = entry.Raw(EventField.ActorName, EventField.ActorId);
        return name.IsEmpty ? "unknown"u8 : name;
    }

    /// <summary>A state is an object in UpCloud's API; clients fail on anything else.</summary>
    private static void WriteState(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> state)
    {
        if (state.IsEmpty || state[0] != '{') return;
        json.Name(name);
        json.Raw(state);
    }
}
