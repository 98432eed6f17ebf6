using Domesday.Events.Schema;

namespace Domesday.Events.Json;

/// <summary>Writes the canonical entry from its fields, which come in canonical order: the one place that knows how an entry is put together.</summary>
public ref struct EntryComposer
{
    private readonly ByteBuffer _output;
    private SchemaNode _open;
    private bool _comma;

    public EntryComposer(ByteBuffer output)
    {
        _output = output;
        _open = EventSchema.Root;
        output.Append((byte)'{');
    }

    /// <summary>Adds a field.</summary>
    /// <param name="value">Canonical JSON; texts with their quotes.</param>
    public void Add(EventField field, scoped ReadOnlySpan<byte> value)
    {
        Key(EventSchema.Nodes[(int)field]);
        _output.Append(value);
        _comma = true;
    }

    /// <summary>Adds a text field.</summary>
    /// <param name="content">Canonical content, without quotes.</param>
    public void AddQuoted(EventField field, scoped ReadOnlySpan<byte> content)
    {
        Key(EventSchema.Nodes[(int)field]);
        var target = _output.Reserve(content.Length + 2);
        target[0] = (byte)'"';
        content.CopyTo(target[1..]);
        target[content.Length + 1] = (byte)'"';
        _output.Advance(content.Length + 2);
        _comma = true;
    }

    /// <summary>Makes the next member one of the event itself, and leaves out the member that would stand here.</summary>
    /// <returns>The length of the output there; what is put in later ends with a comma.</returns>
    public int Gap()
    {
        Close(EventSchema.Root);
        if (_comma) _output.Append((byte)',');
        _comma = false;
        return _output.Length;
    }

    public void End()
    {
        Close(EventSchema.Root);
        _output.Append((byte)'}');
    }

    private void Key(SchemaNode node)
    {
        if (_open != node.Parent)
        {
            Close(node.Parent!);
            Open(node.Parent!);
        }
        if (_comma) _output.Append((byte)',');
        _output.Append(node.Key);
    }

    private void Close(SchemaNode target)
    {
        for (; !_open.Contains(target); _open = _open.Parent!)
        {
            _output.Append((byte)'}');
            _comma = true;
        }
    }

    private void Open(SchemaNode target)
    {
        if (_open == target) return;
        Open(target.Parent!);
        if (_comma) _output.Append((byte)',');
        _output.Append(target.Key);
        _output.Append((byte)'{');
        _comma = false;
        _open = target;
    }
}
