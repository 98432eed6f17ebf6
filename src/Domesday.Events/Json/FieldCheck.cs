using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Domesday.Events.Schema;

namespace Domesday.Events.Json;

/// <summary>What a field's value must be, beyond being JSON.</summary>
internal static class FieldCheck
{
    private const int ActorDepthMax = 8;
    private const string Empty = "is empty: leave it out";

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.:/-"u8);

    /// <returns>Null when a value of this token type may stand in a field of this kind.</returns>
    public static string? TypeFault(JsonTokenType token, FieldKind kind)
    {
        if (token == JsonTokenType.Null) return "is null: leave it out";
        var wanted = kind switch
        {
            FieldKind.Json => token,
            FieldKind.Integer => JsonTokenType.Number,
            FieldKind.TextList => JsonTokenType.StartArray,
            FieldKind.TextMap or FieldKind.Actor => JsonTokenType.StartObject,
            _ => JsonTokenType.String,
        };
        return token == wanted ? null : $"must be {Describe(wanted)}, not {Describe(token)}";
    }

    public static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };

    /// <summary>Adds what is wrong with a value of the right type.</summary>
    /// <param name="value">Canonical JSON.</param>
    public static void Check(FieldDefinition field, ReadOnlySpan<byte> value, List<Fault> faults)
    {
        switch (field.Kind)
        {
            case FieldKind.Json: break;
            case FieldKind.TextList or FieldKind.TextMap: CheckTexts(field, value, faults); break;
            case FieldKind.Actor: CheckActor(field.Path, value, 1, faults); break;
            default:
                if (ScalarFault(field, value) is { } reason) faults.Add(new(field.Path, reason));
                break;
        }
    }

    private static string? ScalarFault(FieldDefinition field, ReadOnlySpan<byte> value)
    {
        if (field.Kind == FieldKind.Integer) return IntegerFault(field, value);
        var text = value[1..^1];
        if (text.IsEmpty) return Empty;
        if (text.Length > field.BytesMax) return $"has {text.Length} bytes, more than the {field.BytesMax} that are allowed";
        return field.Kind switch
        {
            FieldKind.Word when text.ContainsAnyExcept(WordBytes) || !char.IsAsciiLetterLower((char)text[0]) =>
                "must be a lower-case word: letters, digits and _ . : / - only, beginning with a letter",
            FieldKind.OneOf when !IsOneOf(field, text) => $"must be one of {string.Join(", ", field.Values)}",
            FieldKind.Time when !Timestamp.TryParse(text, out _, out var reason) => reason,
            FieldKind.Address when !IPAddress.IsValidUtf8(text) => "is not an IPv4 or IPv6 address",
            _ => null,
        };
    }

    private static string? IntegerFault(FieldDefinition field, ReadOnlySpan<byte> value)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return "must be a whole number";
        return number < field.Min || number > field.Max ? $"must be between {field.Min} and {field.Max}" : null;
    }

    private static bool IsOneOf(FieldDefinition field, ReadOnlySpan<byte> text)
    {
        foreach (var value in field.Values)
        {
            if (Ascii.Equals(text, value)) return true;
        }
        return false;
    }

    private static void CheckTexts(FieldDefinition field, ReadOnlySpan<byte> value, List<Fault> faults)
    {
        if (value.Length == 2) faults.Add(new(field.Path, Empty));
        var reader = new Utf8JsonReader(value, CanonicalJson.ReaderOptions);
        reader.Read();
        for (var index = 0; reader.Read() && reader.CurrentDepth > 0; index++)
        {
            var path = $"{field.Path}[{index}]";
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                path = $"{field.Path}.{name}";
                if (name.Length == 0) faults.Add(new(field.Path, "has a member without a name"));
                if (name.StartsWith(EventSchema.ReservedLabelPrefix, StringComparison.Ordinal)) faults.Add(new(path, "has a name that belongs to the service"));
                reader.Read();
            }
            if (TypeFault(reader.TokenType, FieldKind.Text) is { } reason) faults.Add(new(path, reason));
            else if (reader.ValueSpan.IsEmpty) faults.Add(new(path, Empty));
            reader.Skip();
        }
    }

    private static void CheckActor(string path, ReadOnlySpan<byte> value, int depth, List<Fault> faults)
    {
        if (value.Length == 2) faults.Add(new(path, Empty));
        if (depth > ActorDepthMax)
        {
            faults.Add(new(path, $"is a chain of more than {ActorDepthMax} actors"));
            return;
        }
        var reader = new Utf8JsonReader(value, CanonicalJson.ReaderOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var token = reader.TokenType;
            reader.Skip();
            var member = value[start..(int)reader.BytesConsumed];
            if (!EventSchema.ActorMembers.TryGetValue(name, out var field)) faults.Add(new($"{path}.{name}", "is not a member that an actor has"));
            else if (TypeFault(token, field.Kind) is { } reason) faults.Add(new($"{path}.{name}", reason));
            else if (field.Kind == FieldKind.Actor) CheckActor($"{path}.{name}", member, depth + 1, faults);
            else Check(field with { Path = $"{path}.{name}" }, member, faults);
        }
    }
}
