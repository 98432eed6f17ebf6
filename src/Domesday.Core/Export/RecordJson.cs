using System.Buffers.Text;
using Domesday.Events.Json;

namespace Domesday.Core.Export;

/// <summary>Writes one event in another form, as JSON without white space, from the pieces of a canonical entry: nothing is parsed or escaped twice.</summary>
public delegate void RecordWriter(EntryFields entry, RecordJson json);

/// <summary>JSON text, member by member. Whoever calls sees to it that names and values alternate; commas come by themselves.</summary>
public sealed class RecordJson
{
    private const int NumberBytesMax = 20;

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
        Separate();
        _buffer.Append((byte)'"');
        _buffer.Append(name);
        _buffer.Append("\":"u8);
        _comma = false;
    }

    /// <param name="content">A JSON string's content, escapes included, such as a text field of an entry.</param>
    public void Text(ReadOnlySpan<byte> content)
    {
        Separate();
        _buffer.Append((byte)'"');
        _buffer.Append(content);
        _buffer.Append((byte)'"');
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
        Name(name);
        Text(content);
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
