using System.Buffers.Text;
using Domesday.Events.Json;

namespace Domesday.Core.Export;

/// <summary>Writes one event in another form, as JSON without white space, from the pieces of a canonical entry: nothing is parsed or escaped twice.</summary>
public delegate void RecordWriter(EntryFields entry, RecordJson json);

/// <summary>JSON text, member by member. Whoever calls sees to it that names and values alternate; commas come by themselves.</summary>
public sealed class RecordJson
{
    private const int NumberBytesMax = 20;

    /// <summary>A comma, two pairs of quotes and a colon.</summary>
    private const int SignsMax = 6;

    private readonly ByteBuffer _buffer = new();
    private bool _comma;

    public ReadOnlySpan<byte> Written => _buffer.Written;

    public int Length => _buffer.Length;

    public void Clear()
    {
        _buffer.Clear();
        _comma = false;
    }

    public void OpenObject() => Open((byte)'{');

    public void CloseObject() => Close((byte)'}');

    public void OpenList() => Open((byte)'[');

    public void CloseList() => Close((byte)']');

    /// <param name="name">Without anything that JSON escapes.</param>
    public void Name(ReadOnlySpan<byte> name)
    {
        var room = Room(name.Length);
        var at = Begin(room);
        name.CopyTo(room[at..]);
        at += name.Length;
        room[at++] = (byte)'"';
        room[at++] = (byte)':';
        _buffer.Advance(at);
        _comma = false;
    }

    /// <param name="content">A JSON string's content, escapes included, such as a text field of an entry.</param>
    public void Text(ReadOnlySpan<byte> content)
    {
        var room = Room(content.Length);
        var at = Begin(room);
        content.CopyTo(room[at..]);
        at += content.Length;
        room[at++] = (byte)'"';
        _buffer.Advance(at);
        _comma = true;
    }

    /// <param name="text">Plain; is escaped here.</param>
    public void Text(string text) => Text(CanonicalText.Escape(text));

    /// <param name="json">A whole JSON value.</param>
    public void Raw(ReadOnlySpan<byte> json)
    {
        Separate();
        _buffer.Append(json);
        _comma = true;
    }

    public void Number(long number)
    {
        Separate();
        Utf8Formatter.TryFormat(number, _buffer.Reserve(NumberBytesMax), out var length);
        _buffer.Advance(length);
        _comma = true;
    }

    /// <summary>A member that is text; <paramref name="content"/> as for <see cref="Text(ReadOnlySpan{byte})"/>.</summary>
    public void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        // In one piece: most of a record is written here.
        var room = Room(name.Length + content.Length);
        var at = Begin(room);
        name.CopyTo(room[at..]);
        at += name.Length;
        "\":\""u8.CopyTo(room[at..]);
        at += 3;
        content.CopyTo(room[at..]);
        at += content.Length;
        room[at++] = (byte)'"';
        _buffer.Advance(at);
        _comma = true;
    }

    /// <inheritdoc cref="Member(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public void Member(ReadOnlySpan<byte> name, string text)
    {
        Name(name);
        Text(text);
    }

    /// <summary>A member that is text, or nothing at all when it is empty.</summary>
    public void Optional(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        if (!content.IsEmpty) Member(name, content);
    }

    /// <inheritdoc cref="Optional(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public void Optional(ReadOnlySpan<byte> name, string? text)
    {
        if (!string.IsNullOrEmpty(text)) Member(name, text);
    }

    /// <summary>For so many bytes, and the signs around a name and a text.</summary>
    private Span<byte> Room(int length) => _buffer.Reserve(length + SignsMax);

    /// <summary>A comma if one is due, and a quote.</summary>
    /// <returns>How many bytes that were.</returns>
    private int Begin(Span<byte> room)
    {
        var at = 0;
        if (_comma) room[at++] = (byte)',';
        room[at++] = (byte)'"';
        return at;
    }

    private void Open(byte bracket)
    {
        Separate();
        _buffer.Append(bracket);
        _comma = false;
    }

    private void Close(byte bracket)
    {
        _buffer.Append(bracket);
        _comma = true;
    }

    private void Separate()
    {
        if (_comma) _buffer.Append((byte)',');
        _comma = false;
    }
}
