using System.Text.Json;
using System.Text.Unicode;

namespace Domesday.Events.Json;

/// <summary>Writes JSON in the canonical form of RFC 8785, and refuses what has none. Reusable; not for several threads at once.</summary>
/// <remarks>Numbers: see docs/adr/0003-canonical-numbers.md.</remarks>
public sealed class CanonicalJson
{
    private readonly List<Member> _members = [];
    private readonly ByteBuffer _sorted = new();

    private readonly record struct Member(int Start, int NameLength, int End);

    internal static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = EventLimits.DepthMax * 4 };

    /// <summary>The canonical bytes of one JSON text.</summary>
    /// <exception cref="JsonException">Not JSON, or without a canonical form: repeated members, invalid UTF-8, half surrogates, NUL, a number out of range, deeper than <see cref="EventLimits.DepthMax"/>.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new JsonException("The text is not valid UTF-8.");
        var output = new ByteBuffer(json.Length);
        var reader = new Utf8JsonReader(json, ReaderOptions);
        reader.Read();
        if (new CanonicalJson().TryWrite(ref reader, output, out var fault))
        {
            reader.Read();
            return output.Written.ToArray();
        }
        throw new JsonException($"The value{(fault.Field.Length > 0 ? " at " + fault.Field : "")} {fault.Reason}.");
    }

    /// <summary>Forgets what a refused value left behind.</summary>
    internal void Reset() => _members.Clear();

    /// <summary>Appends the value that the reader stands on, and leaves the reader on its last token.</summary>
    /// <param name="fault">Path within the value and reason, when it has no canonical form; the reader then stands anywhere.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    internal bool TryWrite(ref Utf8JsonReader reader, ByteBuffer output, out Fault fault)
    {
        fault = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: return TryWriteObject(ref reader, output, out fault);
            case JsonTokenType.StartArray: return TryWriteArray(ref reader, output, out fault);
            case JsonTokenType.String:
                var reason = WriteString(ref reader, output);
                if (reason is not null) fault = new("", reason);
                return reason is null;
            case JsonTokenType.Number:
                var refused = CanonicalNumber.Write(reader.ValueSpan, output);
                if (refused is not null) fault = new("", refused);
                return refused is null;
            default:
                output.Append(reader.ValueSpan);
                return true;
        }
    }

    /// <summary>Appends the string or name that the reader stands on, in quotes.</summary>
    internal static string? WriteString(ref Utf8JsonReader reader, ByteBuffer output)
    {
        string? reason = null;
        output.Append((byte)'"');
        if (reader.ValueIsEscaped) reason = CanonicalString.WriteEscaped(reader.ValueSpan, output);
        else output.Append(reader.ValueSpan);
        output.Append((byte)'"');
        return reason;
    }

    private bool TryWriteArray(ref Utf8JsonReader reader, ByteBuffer output, out Fault fault)
    {
        if (IsTooDeep(reader, out fault)) return false;
        output.Append((byte)'[');
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (index > 0) output.Append((byte)',');
            if (TryWrite(ref reader, output, out fault)) continue;
            fault = new($"[{index}]{Joined(fault.Field)}", fault.Reason);
            return false;
        }
        output.Append((byte)']');
        return true;
    }

    private bool TryWriteObject(ref Utf8JsonReader reader, ByteBuffer output, out Fault fault)
    {
        if (IsTooDeep(reader, out fault)) return false;
        var first = _members.Count;
        var start = output.Length;
        var inOrder = true;
        output.Append((byte)'{');
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (_members.Count > first) output.Append((byte)',');
            var memberStart = output.Length;
            var reason = WriteString(ref reader, output);
            var nameLength = output.Length - memberStart;
            output.Append((byte)':');
            reader.Read();
            if (reason is not null)
            {
                fault = new("", "has a member whose name " + reason);
                return false;
            }
            if (!TryWrite(ref reader, output, out fault))
            {
                fault = new(Name(output, memberStart, nameLength) + Joined(fault.Field), fault.Reason);
                return false;
            }
            var member = new Member(memberStart, nameLength, output.Length);
            inOrder &= _members.Count == first || Compare(output, _members[^1], member) < 0;
            _members.Add(member);
        }
        output.Append((byte)'}');
        if (!inOrder && !TrySort(output, start, first, out fault)) return false;
        _members.RemoveRange(first, _members.Count - first);
        return true;
    }

    private bool TrySort(ByteBuffer output, int start, int first, out Fault fault)
    {
        fault = default;
        _members.Sort(first, _members.Count - first, Comparer<Member>.Create((left, right) => Compare(output, left, right)));
        _sorted.Clear();
        for (var i = first; i < _members.Count; i++)
        {
            var member = _members[i];
            if (i > first)
            {
                if (Compare(output, _members[i - 1], member) == 0)
                {
                    fault = new(Name(output, member.Start, member.NameLength), "appears twice");
                    return false;
                }
                _sorted.Append((byte)',');
            }
            _sorted.Append(output.Slice(member.Start, member.End - member.Start));
        }
        _sorted.Written.CopyTo(output.Mutable(start + 1, _sorted.Length));
        return true;
    }

    internal static bool IsTooDeep(in Utf8JsonReader reader, out Fault fault)
    {
        fault = reader.CurrentDepth >= EventLimits.DepthMax ? new("", $"is nested deeper than {EventLimits.DepthMax} levels") : default;
        return fault.Reason is not null;
    }

    private static string Joined(string path) => path.Length == 0 || path[0] == '[' ? path : "." + path;

    private static string Name(ByteBuffer output, int start, int length) => CanonicalString.Unescape(output.Slice(start + 1, length - 2));

    private static int Compare(ByteBuffer output, Member left, Member right)
    {
        var a = output.Slice(left.Start + 1, left.NameLength - 2);
        var b = output.Slice(right.Start + 1, right.NameLength - 2);
        if (a.Contains((byte)'\\') || b.Contains((byte)'\\')) return string.CompareOrdinal(CanonicalString.Unescape(a), CanonicalString.Unescape(b));
        var common = a.CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length - b.Length;
        return Utf16Rank(a[common]) - Utf16Rank(b[common]);
    }

    /// <summary>RFC 8785 sorts by UTF-16 code units, where U+10000 and above (lead bytes F0 to F4) come before U+E000 to U+FFFF (EE, EF).</summary>
    private static int Utf16Rank(byte lead) => lead switch
    {
        >= 0xF0 => lead - 2,
        0xEE or 0xEF => lead + 0x100,
        _ => lead,
    };
}
