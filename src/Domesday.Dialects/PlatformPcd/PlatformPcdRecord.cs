using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Events.Schema;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>One event as PCD writes it: all fifteen members always, in the vendor's order.</summary>
internal static class PlatformPcdRecord
{
    public const string Unknown = "unknown";

    public const string NoId = "00000000-0000-0000-0000-000000000000";

    /// <summary>Keystone's word for what events call a login.</summary>
    private const string Authenticate = "authenticate";

    /// <summary>Holds <c>action_name</c> of imported records when it would be shown differently.</summary>
    public const string ActionLabel = "pcd.action_name";

    /// <summary>Up to seconds: <c>2026-02-11T22:21:02</c>.</summary>
    private const int SecondsLength = 19;

    /// <summary>The actions of events that are shown as this name.</summary>
    public static IReadOnlyList<string> ActionsShownAs(string name) => name == Authenticate ? [Authenticate, "login"] : [name];

    /// <summary>The name that an event's action is shown as.</summary>
    public static string NameOf(string action) => action == "login" ? Authenticate : action;

    public static void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        WriteTime(json, entry.Raw(EventField.Time)[..SecondsLength]);
        WriteText(json, "region"u8, entry.Raw(EventField.ScopeRegion));
        WriteText(json, "component"u8, entry.Raw(EventField.Service));
        WriteId(json, "project_id"u8, entry.Raw(EventField.ScopeProjectId));
        WriteId(json, "user_id"u8, entry.Raw(EventField.ActorId));
        WriteText(json, "request_id"u8, entry.Raw(EventField.RequestId));
        WriteText(json, "username"u8, entry.Raw(EventField.ActorName));
        WriteAction(entry, json);
        WriteText(json, "resource_type"u8, entry.Raw(EventField.ResourceType));
        WriteText(json, "resource_id"u8, entry.Raw(EventField.ResourceId));
        WriteText(json, "resource_name"u8, entry.Raw(EventField.ResourceName));
        WriteText(json, "action_result"u8, entry.Raw(EventField.OutcomeResult));
        WriteText(json, "source_ip"u8, entry.Raw(EventField.SourceIp));
        json.Name("roles_list"u8);
        json.Raw(entry.Has(EventField.ActorRoles) ? entry.Raw(EventField.ActorRoles) : "[]"u8);
        WriteMetadata(entry, json);
        json.CloseObject();
    }

    private static void WriteTime(RecordJson json, ReadOnlySpan<byte> seconds)
    {
        Span<byte> text = stackalloc byte[SecondsLength + 1];
        seconds.CopyTo(text);
        text[SecondsLength] = (byte)'Z';
        json.Member("timestamp_utc"u8, text);
    }

    private static void WriteText(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content) => json.Member(name, content.IsEmpty ? "unknown"u8 : content);

    private static void WriteId(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content) =>
        json.Member(name, content.IsEmpty ? "00000000-0000-0000-0000-000000000000"u8 : content);

    private static void WriteAction(EntryFields entry, RecordJson json)
    {
        if (!entry.Is(EventField.Action, "login"u8)) json.Member("action_name"u8, entry.Raw(EventField.Action));
        else json.Member("action_name"u8, entry.Label(ActionLabel) ?? Authenticate);
    }

    /// <summary>Objects of one member each: the record's own list when it was imported, which keeps its order; else the labels.</summary>
    private static void WriteMetadata(EntryFields entry, RecordJson json)
    {
        json.Name("metadata"u8);
        if (ImportedMetadata(entry) is { } metadata)
        {
            json.Raw(metadata);
            return;
        }
        json.OpenList();
        if (entry.Has(EventField.Labels))
        {
            var reader = new Utf8JsonReader(entry.Raw(EventField.Labels));
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (name == ActionLabel) continue;
                json.OpenObject();
                json.Name(Domesday.Events.Json.CanonicalText.Escape(name));
                json.Text(reader.GetString()!);
                json.CloseObject();
            }
        }
        json.CloseList();
    }

    /// <returns>The list under <c>raw.metadata</c>; null when there is none.</returns>
    private static byte[]? ImportedMetadata(EntryFields entry)
    {
        var raw = entry.Raw(EventField.Raw);
        if (raw.IsEmpty || raw[0] != '{') return null;
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isList = reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
            if (found && isList) return raw[start..(int)reader.BytesConsumed].ToArray();
        }
        return null;
    }
}
