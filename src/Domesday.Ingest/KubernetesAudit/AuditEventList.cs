using System.Globalization;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events.Json;

namespace Domesday.Ingest.KubernetesAudit;

/// <summary>Finds the events of a posted <c>EventList</c> without reading them: a bad one does not spoil its neighbours.</summary>
/// <remarks>Source: k8s.io/apiserver pkg/apis/audit, v1 and v1beta1.</remarks>
internal static class AuditEventList
{
    private const string GroupPrefix = "audit.k8s.io/";

    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <param name="allowItem">A body that is a single event will do.</param>
    /// <returns>The items as they came; or <see cref="ProblemKind.Invalid"/> for what is no such list, <see cref="ProblemKind.TooLarge"/> for too many items.</returns>
    public static Result<List<ReadOnlyMemory<byte>>> Split(ReadOnlyMemory<byte> body, int itemsMax, bool allowItem)
    {
        List<ReadOnlyMemory<byte>>? items = null;
        string? kind = null, version = null;
        try
        {
            var reader = new Utf8JsonReader(body.Span, AnyDepth);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return Refuse("", "must be an object of the kind EventList");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueTextEquals("items"u8) ? "items" : reader.ValueTextEquals("kind"u8) ? "kind" : reader.ValueTextEquals("apiVersion"u8) ? "apiVersion" : "";
                reader.Read();
                if (name == "items" && reader.TokenType == JsonTokenType.StartArray)
                {
                    if (!TryItems(body, ref reader, items ??= [], itemsMax)) return TooMany(itemsMax);
                    continue;
                }
                if (name == "kind" && reader.TokenType == JsonTokenType.String) kind = reader.GetString();
                if (name == "apiVersion" && reader.TokenType == JsonTokenType.String) version = reader.GetString();
                reader.Skip();
            }
            reader.Read();
        }
        catch (JsonException exception)
        {
            return Refuse("", EventParser.NotJson(exception));
        }
        catch (InvalidOperationException)
        {
            return Refuse("", "has a name, a kind or a version that is not text");
        }
        if (allowItem && items is null && kind is null or "Event") return new List<ReadOnlyMemory<byte>> { body };
        return Check(items, kind, version);
    }

    private static Result<List<ReadOnlyMemory<byte>>> Check(List<ReadOnlyMemory<byte>>? items, string? kind, string? version)
    {
        if (kind != "EventList") return Refuse("kind", "must be EventList");
        if (version is not (GroupPrefix + "v1" or GroupPrefix + "v1beta1")) return Refuse("apiVersion", "must be audit.k8s.io/v1 or audit.k8s.io/v1beta1");
        return items is null ? Refuse("items", "is missing, or is not a list") : items;
    }

    private static bool TryItems(ReadOnlyMemory<byte> body, ref Utf8JsonReader reader, List<ReadOnlyMemory<byte>> items, int itemsMax)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (items.Count == itemsMax) return false;
            items.Add(body[start..(int)reader.BytesConsumed]);
        }
        return true;
    }

    private static Problem Refuse(string field, string reason) =>
        new(ProblemKind.Invalid, "The body is not an EventList of audit.k8s.io.") { Faults = [new(null, field, reason)] };

    private static Problem TooMany(int itemsMax) => new(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture,
        $"The body has more than the {itemsMax} events that one request may have."));
}
