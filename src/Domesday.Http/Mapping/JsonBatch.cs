using System.Globalization;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events.Json;

namespace Domesday.Http.Mapping;

/// <summary>Finds the events in a body without copying them: one object, an array, or a line each. What each of them says is not looked at.</summary>
public static class JsonBatch
{
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <param name="form">As the sender declared it; an unknown one is told by its looks.</param>
    /// <returns>Slices of the body; or <see cref="ProblemKind.Invalid"/> for a body without events or an array that is not JSON; <see cref="ProblemKind.TooLarge"/> for too many.</returns>
    public static Result<List<ReadOnlyMemory<byte>>> Split(ReadOnlyMemory<byte> body, BodyForm form, int eventsMax)
    {
        if (body.Span.StartsWith(ByteOrderMark)) body = body[ByteOrderMark.Length..];
        var first = body.Span.IndexOfAnyExcept(WhiteSpace);
        if (first < 0) return new Problem(ProblemKind.Invalid, "The body holds no event.");
        if (form == BodyForm.Unknown) form = body.Span[first] == '[' || IsOneValue(body.Span) ? BodyForm.Json : BodyForm.Lines;
        if (form == BodyForm.Lines) return Lines(body, eventsMax);
        return body.Span[first] == '[' ? Elements(body, eventsMax) : new List<ReadOnlyMemory<byte>>(1) { body };
    }

    /// <summary>The form that a Content-Type declares.</summary>
    public static BodyForm FormOf(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return BodyForm.Json;
        return type.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) || type.Equals("application/ndjson", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/jsonl", StringComparison.OrdinalIgnoreCase) || type.Equals("application/x-jsonlines", StringComparison.OrdinalIgnoreCase)
            ? BodyForm.Lines : BodyForm.Unknown;
    }

    private static Result<List<ReadOnlyMemory<byte>>> Lines(ReadOnlyMemory<byte> body, int eventsMax)
    {
        var events = new List<ReadOnlyMemory<byte>>(Math.Min(body.Length / 256 + 1, 4_096));
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            if (line.IsEmpty || line.Span[0] != '{' && line.Span.IndexOfAnyExcept(WhiteSpace) < 0) continue;
            if (events.Count == eventsMax) return TooMany(eventsMax);
            events.Add(line);
        }
        return events;
    }

    private static Result<List<ReadOnlyMemory<byte>>> Elements(ReadOnlyMemory<byte> body, int eventsMax)
    {
        var events = new List<ReadOnlyMemory<byte>>();
        try
        {
            var reader = new Utf8JsonReader(body.Span, AnyDepth);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (events.Count == eventsMax) return TooMany(eventsMax);
                events.Add(body[start..(int)reader.BytesConsumed]);
            }
            reader.Read();
        }
        catch (JsonException exception)
        {
            return new Problem(ProblemKind.Invalid, "The body is not a JSON array; nothing was stored.") { Faults = [new(events.Count, "", EventParser.NotJson(exception))] };
        }
        return events.Count == 0 ? new Problem(ProblemKind.Invalid, "The body holds no event.") : events;
    }

    /// <summary>Whether nothing but white space follows the first JSON value.</summary>
    private static bool IsOneValue(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(AnyDepth));
            return !reader.Read() || !reader.TrySkip() || body[(int)reader.BytesConsumed..].IndexOfAnyExcept(WhiteSpace) < 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Problem TooMany(int eventsMax) => new(ProblemKind.TooLarge, string.Create(CultureInfo.InvariantCulture,
        $"The body has more than the {eventsMax} events that one request may have; send it in parts."));
}

/// <summary>What a body is declared to be.</summary>
public enum BodyForm
{
    Unknown,

    /// <summary>One JSON value.</summary>
    Json,

    /// <summary>One JSON value on each line.</summary>
    Lines,
}
