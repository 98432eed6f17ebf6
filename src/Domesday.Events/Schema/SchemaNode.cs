using System.Text;

namespace Domesday.Events.Schema;

/// <summary>One object or field of the event, with its members in canonical order.</summary>
internal sealed class SchemaNode
{
    private readonly byte[] _name;

    private SchemaNode(string path, string name, SchemaNode? parent)
    {
        (Path, Parent) = (path, parent);
        Depth = parent is null ? -1 : parent.Depth + 1;
        _name = Encoding.ASCII.GetBytes(name);
        Key = Encoding.ASCII.GetBytes($"\"{name}\":");
    }

    public string Path { get; }

    /// <summary>Name, quotes and colon, as the canonical form writes it.</summary>
    public byte[] Key { get; }

    public SchemaNode? Parent { get; }

    /// <summary>Null for an object of the model.</summary>
    public FieldDefinition? Field { get; private set; }

    public SchemaNode[] Children { get; private set; } = [];

    /// <summary>How many objects lie around it: 0 for members of the event itself, -1 for the event.</summary>
    public int Depth { get; }

    /// <summary>The position of a member among <see cref="Children"/>, or -1.</summary>
    /// <param name="name">Unescaped.</param>
    /// <param name="from">Where to look first: canonical input has its members in order.</param>
    public int IndexOf(ReadOnlySpan<byte> name, int from = 0)
    {
        var children = Children;
        for (var i = from; i < children.Length; i++)
        {
            if (children[i]._name.Length == name.Length && name.SequenceEqual(children[i]._name)) return i;
        }
        for (var i = 0; i < Math.Min(from, children.Length); i++)
        {
            if (children[i]._name.Length == name.Length && name.SequenceEqual(children[i]._name)) return i;
        }
        return -1;
    }

    /// <summary>Whether <paramref name="other"/> is this object or lies within it.</summary>
    public bool Contains(SchemaNode other)
    {
        while (other.Depth > Depth) other = other.Parent!;
        return other == this;
    }

    public static SchemaNode Build(IReadOnlyList<FieldDefinition> fields)
    {
        var root = new SchemaNode("", "", null);
        foreach (var field in fields)
        {
            var node = root;
            foreach (var name in field.Path.Split('.')) node = node.ChildNamed(name);
            node.Field = field;
        }
        return root;
    }

    private SchemaNode ChildNamed(string name)
    {
        var index = IndexOf(Encoding.ASCII.GetBytes(name));
        if (index >= 0) return Children[index];
        var child = new SchemaNode(Parent is null ? name : $"{Path}.{name}", name, this);
        Children = [.. Children, child];
        return child;
    }
}
