using System.Text;
using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Storage.Postgres.Columns;

/// <summary>A ledger's dictionary as far as this node has read it: codes 1, 2, 3 … over all fields. It only ever grows.</summary>
internal sealed class LedgerCodes
{
    private readonly Lock _lock = new();
    private readonly List<CodedValue> _byCode = [];
    private readonly Dictionary<byte[], int>[] _byField = [.. EventColumns.Coded.Select(_ => new Dictionary<byte[], int>(BytesComparer.Instance))];

    /// <summary>Highest code that is known here.</summary>
    public int Known
    {
        get
        {
            lock (_lock) return _byCode.Count;
        }
    }

    /// <summary>Adds codes that follow those known; what is known already is passed over.</summary>
    /// <param name="first">Code of the first of them.</param>
    public void Add(int first, IReadOnlyList<CodedValue> values)
    {
        lock (_lock)
        {
            if (first > _byCode.Count + 1) throw new InvalidOperationException("A dictionary was read with a gap.");
            foreach (var value in values.Skip(_byCode.Count + 1 - first))
            {
                _byCode.Add(value);
                _byField[EventColumns.CodedPlace(value.Field)].TryAdd(value.Value, _byCode.Count);
            }
        }
    }

    public CodedValue ValueOf(int code)
    {
        lock (_lock) return _byCode[code - 1];
    }

    /// <summary>The code of a value; 0 when there is none.</summary>
    public int CodeOf(EventField field, ReadOnlySpan<byte> value)
    {
        var byValue = _byField[EventColumns.CodedPlace(field)].GetAlternateLookup<ReadOnlySpan<byte>>();
        lock (_lock) return byValue.TryGetValue(value, out var code) ? code : 0;
    }

    /// <summary>The codes of the field's values that match.</summary>
    public int[] Matching(FieldCondition condition)
    {
        var matcher = new ConditionMatcher(condition with { Not = false });
        lock (_lock) return [.. _byField[EventColumns.CodedPlace(condition.Field)].Where(pair => matcher.Matches(pair.Key)).Select(pair => pair.Value)];
    }
}

/// <summary>A value of the dictionary.</summary>
/// <param name="Value">Canonical, without quotes.</param>
internal sealed record CodedValue(EventField Field, byte[] Value)
{
    public string CanonicalText => Encoding.UTF8.GetString(Value);
}
