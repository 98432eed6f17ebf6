using System.Globalization;
using System.Text;
using Domesday.Core.Export;
using Domesday.Events.Schema;

namespace Domesday.Dialects.RunAi;

/// <summary>One event as the old route writes it. For one answer.</summary>
internal sealed class RunAiHistoryRecord(RunAiOptions options)
{
    /// <summary>Holds the <c>id</c> of imported records.</summary>
    public const string IdLabel = "runai.id";

    /// <summary>Holds the <c>tenantId</c> or <c>tenant_id</c> of imported records.</summary>
    public const string TenantLabel = "runai.tenant_id";

    /// <summary>Holds the <c>error</c> of imported records.</summary>
    public const string ErrorLabel = "runai.error";

    /// <summary>Up to milliseconds: <c>2022-07-07T09:45:32.069</c>.</summary>
    private const int MillisecondsLength = 23;

    public const int TimeLength = MillisecondsLength + 1;

    private static readonly int WordBytesMax = EventSchema.Of(EventField.Action).BytesMax;

    private readonly RecordJson _error = new();

    public void Write(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Name("id"u8);
        json.Number(Imported(entry, IdLabel) ?? entry.Sequence);
        json.Optional("clusterUuid"u8, entry.Raw(EventField.ScopeClusterId));
        json.Name("tenantId"u8);
        json.Number(Imported(entry, TenantLabel) ?? options.TenantNumber);
        json.Member("happenedAt"u8, MillisecondsOf(entry, stackalloc byte[TimeLength]));
        json.Member("action"u8, ActionOf(entry, stackalloc byte[WordBytesMax]));
        json.Member("version"u8, "1.0"u8);
        json.Optional("entityId"u8, entry.Raw(EventField.ResourceId));
        json.Optional("entityType"u8, RunAiWords.EntityTypeOf(entry));
        json.Optional("entityName"u8, entry.Raw(EventField.ResourceName));
        json.Member("sourceType"u8, RunAiWords.IsMachine(entry) ? "Application"u8 : "User"u8);
        json.Optional("sourceId"u8, entry.Raw(EventField.ActorId));
        json.Optional("sourceName"u8, entry.Raw(EventField.ActorName));
        if (RunAiWords.IsFailure(entry)) json.Member("error"u8, entry.Label(ErrorLabel) ?? ErrorOf(entry));
        json.Name("context"u8);
        json.OpenObject();
        json.Optional("user_agent"u8, entry.Raw(EventField.SourceUserAgent));
        json.Optional("ip_address"u8, entry.Raw(EventField.SourceIp));
        json.CloseObject();
        if (entry.Has(EventField.RequestBody))
        {
            json.Name("body"u8);
            json.Raw(entry.Raw(EventField.RequestBody));
        }
        json.CloseObject();
    }

    /// <summary>The time with three digits of fraction, as all of Run:ai's times have.</summary>
    /// <param name="scratch">At least <see cref="TimeLength"/> bytes, in which it stands.</param>
    public static ReadOnlySpan<byte> MillisecondsOf(EntryFields entry, Span<byte> scratch)
    {
        entry.Raw(EventField.Time)[..MillisecondsLength].CopyTo(scratch);
        scratch[MillisecondsLength] = (byte)'Z';
        return scratch[..TimeLength];
    }

    /// <summary>An error as the vendor writes it: JSON within a text.</summary>
    private string ErrorOf(EntryFields entry)
    {
        _error.Clear();
        _error.OpenObject();
        if (entry.Has(EventField.OutcomeStatus))
        {
            _error.Name("status"u8);
            _error.Raw(entry.Raw(EventField.OutcomeStatus));
        }
        _error.Optional("description"u8, entry.Raw(EventField.OutcomeReason));
        _error.Member("errorType"u8, "BackendError"u8);
        _error.CloseObject();
        return Encoding.UTF8.GetString(_error.Written);
    }

    /// <summary>With a capital: <c>Create</c>.</summary>
    private static ReadOnlySpan<byte> ActionOf(EntryFields entry, Span<byte> scratch)
    {
        // A word: nothing in it is escaped.
        var action = entry.Raw(EventField.Action);
        if (action is not [>= (byte)'a' and <= (byte)'z', ..]) return action;
        action.CopyTo(scratch);
        scratch[0] -= 'a' - 'A';
        return scratch[..action.Length];
    }

    private static long? Imported(EntryFields entry, string label) =>
        long.TryParse(entry.Label(label), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
