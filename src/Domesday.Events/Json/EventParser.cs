using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Domesday.Events.Schema;

namespace Domesday.Events.Json;

/// <summary>Reads one event as a producer sends it, strictly: every fault is reported at once. Reusable; not for several threads at once.</summary>
public sealed class EventParser(EventLimits limits)
{
    private const int FaultsMax = 100;

    private readonly CanonicalJson _canonical = new();
    private readonly HashSet<SchemaNode> _seen = [];

    /// <summary>Parses into <paramref name="draft"/>, which is cleared first.</summary>
    /// <param name="json">One JSON object, UTF-8.</param>
    /// <param name="faults">Gets every fault found; nothing is added on success.</param>
    public bool TryParse(ReadOnlySpan<byte> json, EventDraft draft, List<Fault> faults)
    {
        draft.Clear();
        var before = faults.Count;
        if (json.Length > limits.EventBytesMax) faults.Add(new("", $"has {json.Length} bytes, more than the {limits.EventBytesMax} that are allowed"));
        else if (!Utf8.IsValid(json)) faults.Add(new("", $"is not valid UTF-8 (byte {InvalidUtf8At(json)})"));
        else ParseText(json, draft, faults);
        if (faults.Count > before + FaultsMax) Shorten(faults, before);
        return faults.Count == before;
    }

    /// <summary>An event can have more faults than bytes in its answer are worth.</summary>
    private static void Shorten(List<Fault> faults, int before)
    {
        var further = faults.Count - before - FaultsMax;
        faults.RemoveRange(before + FaultsMax, further);
        faults.Add(new("", $"has {further} further faults"));
    }

    private static void CheckAction(EventDraft draft, List<Fault> faults, int before)
    {
        if (draft.Has(EventField.Action) || faults.FindIndex(before, fault => fault.Field == "action") >= 0) return;
        faults.Add(new("action", "is missing"));
    }

    private void ParseText(ReadOnlySpan<byte> json, EventDraft draft, List<Fault> faults)
    {
        try
        {
            var reader = new Utf8JsonReader(json, CanonicalJson.ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                faults.Add(new("", $"must be an object, not {FieldCheck.Describe(reader.TokenType)}"));
                return;
            }
            _canonical.Reset();
            _seen.Clear();
            var before = faults.Count;
            ParseObject(ref reader, EventSchema.Root, draft, faults);
            reader.Read();
            CheckAction(draft, faults, before);
        }
        catch (JsonException exception)
        {
            faults.Add(new("", NotJson(exception)));
        }
    }

    /// <summary>What a JSON syntax error says to people: «is not JSON: … (byte 17)».</summary>
    public static string NotJson(JsonException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        // What breaks off speaks of a depth as well.
        if (exception.Message.Contains("maximum configured depth", StringComparison.Ordinal)) return $"is nested deeper than {EventLimits.DepthMax} levels";
        var detail = exception.Message;
        var position = detail.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (position >= 0) detail = detail[..position];
        return $"is not JSON: {detail.TrimEnd('.')} (byte {exception.BytePositionInLine ?? 0})";
    }

    private void ParseObject(ref Utf8JsonReader reader, SchemaNode node, EventDraft draft, List<Fault> faults)
    {
        var members = 0;
        var next = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            members++;
            var index = reader.ValueIsEscaped ? node.IndexOf(Encoding.UTF8.GetBytes(SafeName(ref reader))) : node.IndexOf(reader.ValueSpan, next);
            if (index < 0)
            {
                faults.Add(new(Join(node.Path, SafeName(ref reader)), "is not a member that an event has"));
                reader.Skip();
                continue;
            }
            next = index + 1;
            var child = node.Children[index];
            reader.Read();
            if (child.Field is { } field) ParseField(ref reader, field, draft, faults);
            else if (!_seen.Add(child)) Refuse(ref reader, child.Path, "appears twice", faults);
            else if (reader.TokenType != JsonTokenType.StartObject) Refuse(ref reader, child.Path, $"must be an object, not {FieldCheck.Describe(reader.TokenType)}", faults);
            else ParseObject(ref reader, child, draft, faults);
        }
        if (members == 0) faults.Add(new(node.Path, "is empty: leave it out"));
    }

    private void ParseField(ref Utf8JsonReader reader, FieldDefinition field, EventDraft draft, List<Fault> faults)
    {
        if (field.SetByService) Refuse(ref reader, field.Path, "is set by the service", faults);
        else if (draft.Has(field.Field)) Refuse(ref reader, field.Path, "appears twice", faults);
        else if (FieldCheck.TypeFault(reader.TokenType, field.Kind) is { } wrongType) Refuse(ref reader, field.Path, wrongType, faults);
        else
        {
            var mark = reader;
            var start = draft.Begin();
            if (!_canonical.TryWrite(ref reader, draft.Values, out var fault))
            {
                _canonical.Reset();
                faults.Add(new(Join(field.Path, fault.Field), fault.Reason));
                reader = mark;
                reader.Skip();
                return;
            }
            var value = draft.Values.Slice(start, draft.Values.Length - start);
            FieldCheck.Check(field, value, faults);
            draft.End(field.Field, start);
            if (field.Kind == FieldKind.Time && Timestamp.TryParse(value[1..^1], out var time, out _)) draft.SetTime(field.Field, time);
        }
    }

    private static void Refuse(ref Utf8JsonReader reader, string path, string reason, List<Fault> faults)
    {
        faults.Add(new(path, reason));
        reader.Skip();
    }

    private static string SafeName(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    private static string Join(string path, string within) => within.Length == 0 || path.Length == 0 || within[0] == '[' ? path + within : $"{path}.{within}";

    private static int InvalidUtf8At(ReadOnlySpan<byte> text)
    {
        var position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out var length) == OperationStatus.Done) position += length;
        return position;
    }
}
