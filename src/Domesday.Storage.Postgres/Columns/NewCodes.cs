namespace Domesday.Storage.Postgres.Columns;

/// <summary>The codes that one group of events adds to a dictionary; they count once the group is committed.</summary>
internal sealed class NewCodes(LedgerCodes codes)
{
    private readonly Dictionary<(int Place, byte[] Value), int> _added = new(PlacedValueComparer.Instance);
    private readonly List<CodedValue> _values = [];
    private readonly int _known = codes.Known;

    /// <summary>Code of the first value that was added.</summary>
    public int First => _known + 1;

    /// <summary>Highest code, with what was added.</summary>
    public int Last => _known + _values.Count;

    public IReadOnlyList<CodedValue> Values => _values;

    /// <param name="place">Among <see cref="EventColumns.Coded"/>.</param>
    /// <param name="value">Canonical, without quotes.</param>
    public int CodeOf(int place, ReadOnlySpan<byte> value)
    {
        var field = EventColumns.Coded[place];
        var known = codes.CodeOf(field, value);
        // What another node added since is not counted in First: the ledger's lock keeps that from happening.
        if (known > 0) return known;
        var key = (place, value.ToArray());
        if (_added.TryGetValue(key, out var code)) return code;
        _values.Add(new(field, key.Item2));
        _added.Add(key, Last);
        return Last;
    }

    /// <summary>Makes them known to this node: they are committed.</summary>
    public void Publish() => codes.Add(First, _values);

    private sealed class PlacedValueComparer : IEqualityComparer<(int Place, byte[] Value)>
    {
        public static PlacedValueComparer Instance { get; } = new();

        public bool Equals((int Place, byte[] Value) x, (int Place, byte[] Value) y) => x.Place == y.Place && BytesComparer.Instance.Equals(x.Value, y.Value);

        public int GetHashCode((int Place, byte[] Value) obj) => HashCode.Combine(obj.Place, BytesComparer.Instance.GetHashCode(obj.Value));
    }
}
