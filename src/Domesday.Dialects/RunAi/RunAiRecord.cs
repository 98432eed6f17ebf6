using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Domesday.Core.Export;
using Domesday.Events.Schema;

namespace Domesday.Dialects.RunAi;

/// <summary>One event as the new routes write it.</summary>
internal static class RunAiRecord
{
    private const int MetadataMax = 10;
    private const string OwnLabels = "runai.";

    private static readonly Dictionary<string, string> Actions = new() { ["login"] = "sign-in", ["logout"] = "sign-out" };

    public static IReadOnlyList<string> Columns { get; } =
    [
        "id", "timestamp", "tenant_id", "subject", "subject_type", "source_ip", "action", "http_method", "url", "result", "entity_type", "entity_name", "entity_id",
        "http_status_code", "cluster_name", "cluster_id", "request_id", "metadata",
    ];

    /// <summary>The actions of events that are shown as this word.</summary>
    public static IReadOnlyList<string> ActionsShownAs(string word) => [word, .. Actions.Where(action => action.Value == word).Select(action => action.Key)];

    public static void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("id"u8, IdOf(entry));
        json.Member("timestamp"u8, RunAiHistoryRecord.MillisecondsOf(entry, stackalloc byte[RunAiHistoryRecord.TimeLength]));
        json.Member("tenant_id"u8, TenantOf(entry));
        json.Member("subject"u8, SubjectOf(entry));
        json.Member("subject_type"u8, SubjectTypeOf(entry));
        json.Optional("source_ip"u8, entry.Raw(EventField.SourceIp));
        json.Member("action"u8, ActionOf(entry));
        json.Optional("http_method"u8, entry.Raw(EventField.RequestMethod));
        json.Optional("url"u8, entry.Raw(EventField.RequestUri));
        json.Member("result"u8, ResultOf(entry));
        json.Optional("entity_type"u8, RunAiWords.EntityTypeOf(entry));
        json.Optional("entity_name"u8, entry.Raw(EventField.ResourceName));
        json.Optional("entity_id"u8, entry.Raw(EventField.ResourceId));
        if (entry.Has(EventField.OutcomeStatus))
        {
            json.Name("http_status_code"u8);
            json.Raw(entry.Raw(EventField.OutcomeStatus));
        }
        json.Optional("cluster_name"u8, entry.Raw(EventField.ScopeClusterName));
        json.Optional("cluster_id"u8, UuidOf(entry, EventField.ScopeClusterId));
        json.Optional("request_id"u8, UuidOf(entry, EventField.RequestId));
        if (MetadataOf(entry) is { Length: > 0 } metadata)
        {
            json.Name("metadata"u8);
            json.Raw(metadata);
        }
        json.CloseObject();
    }

    /// <summary>The same values in the order of <see cref="Columns"/>.</summary>
    public static void WriteCells(EntryFields entry, RecordRow row)
    {
        row.Cell(IdOf(entry));
        row.Cell(RunAiHistoryRecord.MillisecondsOf(entry, stackalloc byte[RunAiHistoryRecord.TimeLength]));
        row.Cell(TenantOf(entry));
        row.Cell(SubjectOf(entry));
        row.Cell(SubjectTypeOf(entry));
        row.Cell(entry.Raw(EventField.SourceIp));
        row.Cell(ActionOf(entry));
        row.Cell(entry.Raw(EventField.RequestMethod));
        row.Cell(entry.Raw(EventField.RequestUri));
        row.Cell(ResultOf(entry));
        row.Cell(RunAiWords.EntityTypeOf(entry));
        row.Cell(entry.Raw(EventField.ResourceName));
        row.Cell(entry.Raw(EventField.ResourceId));
        row.Cell(entry.Raw(EventField.OutcomeStatus));
        row.Cell(entry.Raw(EventField.ScopeClusterName));
        row.Cell(UuidOf(entry, EventField.ScopeClusterId));
        row.Cell(UuidOf(entry, EventField.RequestId));
        row.Cell(MetadataOf(entry));
    }

    /// <summary>The producer's id when it is a UUID, else one that holds the sequence: clients take nothing else.</summary>
    /// <remarks>Source of the form: RFC 9562 §5.8, UUID version 8.</remarks>
    private static ReadOnlySpan<byte> IdOf(EntryFields entry)
    {
        var own = UuidOf(entry, EventField.Id);
        return own.IsEmpty ? Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"d0e5da00-0000-8000-8000-{entry.Sequence:x12}")) : own;
    }

    private static ReadOnlySpan<byte> UuidOf(EntryFields entry, EventField field)
    {
        var text = entry.Raw(field);
        return text.Length == 36 && Utf8Parser.TryParse(text, out Guid _, out var length, 'D') && length == text.Length ? text : default;
    }

    private static ReadOnlySpan<byte> TenantOf(EntryFields entry) =>
        entry.Label(RunAiHistoryRecord.TenantLabel) is { } imported ? Domesday.Events.Json.CanonicalText.Escape(imported) : entry.Raw(EventField.Tenant);

    private static ReadOnlySpan<byte> SubjectOf(EntryFields entry)
    {
        var subject = entry.Raw(EventField.ActorName, EventField.ActorId);
        return subject.IsEmpty ? "unknown"u8 : subject;
    }

    private static ReadOnlySpan<byte> SubjectTypeOf(EntryFields entry) => RunAiWords.IsMachine(entry) ? "App"u8 : "User"u8;

    private static ReadOnlySpan<byte> ResultOf(EntryFields entry) => RunAiWords.IsFailure(entry) ? "Failed"u8 : "Succeeded"u8;

    private static ReadOnlySpan<byte> ActionOf(EntryFields entry)
    {
        if (entry.Is(EventField.Action, "login"u8)) return "sign-in"u8;
        return entry.Is(EventField.Action, "logout"u8) ? "sign-out"u8 : entry.Raw(EventField.Action);
    }

    /// <summary>Labels, without those that hold members of this very record.</summary>
    private static byte[] MetadataOf(EntryFields entry)
    {
        if (!entry.Has(EventField.Labels)) return [];
        var (json, count) = (new RecordJson(), 0);
        var reader = new Utf8JsonReader(entry.Raw(EventField.Labels));
        reader.Read();
        json.OpenObject();
        while (count < MetadataMax && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name.StartsWith(OwnLabels, StringComparison.Ordinal)) continue;
            json.Name(Domesday.Events.Json.CanonicalText.Escape(name));
            json.Text(reader.GetString()!);
            count++;
        }
        json.CloseObject();
        return count > 0 ? json.Written.ToArray() : [];
    }
}
