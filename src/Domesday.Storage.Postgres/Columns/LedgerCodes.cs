using System.Text;
using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Storage.Postgres.Columns;

/// <summary>A ledger's dictionary as far as this node has read it: codes 1, 2, 3 … over all fields. It grows; what erasing made it forget leaves an empty place.</summary>
internal sealed class LedgerCodes
{
    private readonly Lock _lock = new();
    private CodedValue[] _byCode = new CodedValue[256];
    private readonly HashSet<int> _forgotten = [];
    private int _known;
    private int _forgets;
    private readonly Dictionary<byte[], int>[] _byField = [.. EventColumns.Coded.Select(_ => new Dictionary<byte[], int>(BytesComparer.Instance))];

    /// <summary>Highest code that is known here.</summary>
    public int Known => Volatile.Read(ref _known);

    /// <summary>How often the dictionary has forgotten values, as far as is known here.</summary>
    public int Forgotten => Volatile.Read(ref _forgets);

    /// <summary>Forgets values, and does not learn them again from somebody who saw an earlier moment.</summary>
    /// <param name="forgets">How often the dictionary has forgotten some, this time included.</param>
    public void Forget(IEnumerable<int> codes, int forgets)
    {
        lock (_lock)
        {
            foreach (var code in codes.Where(_forgotten.Add).Where(code => code <= _known))
            {
                var (field, value) = _byCode[code - 1];
                if (_byField[EventColumns.CodedPlace(field)].TryGetValue(value, out var found) && found == code) _byField[EventColumns.CodedPlace(field)].Remove(value);
                _byCode[code - 1] = new(field, []);
            }
            Volatile.Write(ref _forgets, Math.Max(_forgets, forgets));
        }
    }

    /// <summary>Adds codes that follow those known; what is known already is passed over.</summary>
    /// <param name="first">Code of the first of them.</param>
    public void Add(int first, IReadOnlyList<CodedValue> values)
    {
        lock (_lock)
        {
            if (first > _known + 1) throw new InvalidOperationException("A dictionary was read with a gap.");
            foreach (var value in values.Skip(_known + 1 - first))
            {
                if (_known == _byCode.Length) Array.Resize(ref _byCode, 2 * _known);
                var isForgotten = value.Value.Length == 0 || _forgotten.Contains(_known + 1);
                _byCode[_known] = isForgotten ? new(value.Field, []) : value;
                // One that was forgotten and came again has the later code, whatever is heard first.
                if (!isForgotten) _byField[EventColumns.CodedPlace(value.Field)][value.Value] = _known + 1;
                // Those who read without the lock see the value before they see that there is one.
                Volatile.Write(ref _known, _known + 1);
            }
        }
    }

    /// <param name="code">At most <see cref="Known"/>.</param>
    /// <returns>Empty when it was forgotten.</returns>
    public CodedValue ValueOf(int code) => Volatile.Read(ref _byCode)[code - 1];

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
