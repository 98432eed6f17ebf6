using System.Text;
using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Rows;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Memory;

/// <summary>One indexed field of a memory table: a code for each row, or, when nearly every value is another, a hash.</summary>
internal sealed class MemColumn(SipHash hash)
{
    private const int DistinctMax = 32_768;
    private const int DistinctMin = 12_288;

    private volatile Coded? _coded = new(new(hash));
    private volatile GrowingArray<ulong>? _hashes;
    private int _rows;

    /// <summary>Sets the value of a row; rows ascend, absent ones are left out.</summary>
    public void Add(int row, ReadOnlySpan<byte> value)
    {
        if (_coded is { } coded)
        {
            coded.Add(row, value);
            _rows = row + 1;
            var distinct = coded.Distinct;
            if (distinct > DistinctMin && (distinct > DistinctMax || distinct * 5L > _rows * 4L)) MakeHashed(coded);
        }
        else
        {
            _hashes!.Set(row, HashOf(value));
            _rows = row + 1;
        }
    }

    /// <summary>The rows below <paramref name="count"/> that have, or by their hash may have, the value.</summary>
    /// <param name="exact">False when the rows must be compared with the value itself.</param>
    public RowSet RowsWith(ReadOnlySpan<byte> value, int count, out bool exact)
    {
        var coded = _coded;
        exact = coded is not null;
        return exact ? coded!.RowsWith(value, count) : RowsOf(HashOf(value), _hashes!.Items, count);
    }

    /// <summary>The dictionary and each row's code (0 for absent); null when the column has hashes.</summary>
    public Coded? Codes => _coded;

    private ulong HashOf(ReadOnlySpan<byte> value) => hash.Hash(value) | 1;

    private void MakeHashed(Coded coded)
    {
        var hashes = new GrowingArray<ulong>();
        for (var row = 0; row < _rows; row++)
        {
            var code = coded.CodeOf(row);
            hashes.Set(row, code < 0 ? 0 : HashOf(coded.Value(code)));
        }
        _hashes = hashes;
        _coded = null;
    }

    private static RowSet RowsOf(ulong wanted, ulong[] hashes, int count)
    {
        var rows = new List<int>();
        var span = hashes.AsSpan(0, Math.Min(count, hashes.Length));
        for (var from = 0; span[from..].IndexOf(wanted) is >= 0 and var at; from += at + 1) rows.Add(from + at);
        return RowSet.Of([.. rows]);
    }

    /// <summary>Codes and their dictionary.</summary>
    internal sealed class Coded(ValueDictionary dictionary)
    {
        private readonly GrowingArray<int> _codes = new();
        private readonly Lock _lock = new();
        private readonly List<string> _texts = [];
        private Counted _counted = Counted.Nothing;

        public int Distinct => dictionary.Count;

        /// <summary>Once nothing is added any more.</summary>
        public ValueDictionary Dictionary => dictionary;

        /// <summary>Codes of the rows that were published, from 1; 0, or beyond the end, for absent.</summary>
        public int[] Items => _codes.Items;

        public void Add(int row, ReadOnlySpan<byte> value)
        {
            // Only the writer changes the dictionary, so it may look without the lock that keeps readers from seeing it change.
            var code = dictionary.Find(value);
            if (code < 0)
            {
                lock (_lock) code = dictionary.Add(value);
            }
            _codes.Set(row, code + 1);
        }

        /// <summary>A value as people read it, by its code; made once.</summary>
        public string Text(int code)
        {
            lock (_lock)
            {
                while (_texts.Count <= code) _texts.Add(Encoding.UTF8.GetString(CanonicalText.Unescape(dictionary[_texts.Count])));
                return _texts[code];
            }
        }

        /// <summary>How often each code occurs in the first rows; index 0 counts absent values. Rows that were counted before are not looked at again.</summary>
        public int[] Counts(int rows)
        {
            var known = Volatile.Read(ref _counted);
            if (known.Rows > rows) known = Counted.Nothing;
            var codes = Items;
            var counts = new int[Distinct + 1];
            known.Counts.CopyTo(counts, 0);
            for (var row = known.Rows; row < Math.Min(rows, codes.Length); row++) counts[codes[row]]++;
            counts[0] += Math.Max(0, rows - Math.Max(codes.Length, known.Rows));
            Volatile.Write(ref _counted, new(rows, counts));
            return counts;
        }

        public int CodeOf(int row) => row < _codes.Items.Length ? _codes.Items[row] - 1 : -1;

        public ReadOnlySpan<byte> Value(int code) => dictionary[code];

        /// <summary>The values that were there when it was asked, by code.</summary>
        public byte[][] Values()
        {
            lock (_lock) return [.. Enumerable.Range(0, dictionary.Count).Select(code => dictionary[code].ToArray())];
        }

        public RowSet RowsWith(ReadOnlySpan<byte> value, int count)
        {
            int code;
            lock (_lock) code = dictionary.Find(value);
            return code < 0 ? RowSet.Empty : RowsWhere(found => found == code + 1, code + 1, count);
        }

        /// <summary>The rows whose value satisfies the test.</summary>
        public RowSet RowsWhere(Func<byte[], bool> matches, int count)
        {
            var wanted = Values().Select(matches).ToArray();
            return RowsWhere(code => code > 0 && code <= wanted.Length && wanted[code - 1], 0, count);
        }

        private sealed record Counted(int Rows, int[] Counts)
        {
            public static Counted Nothing { get; } = new(0, []);
        }

        /// <param name="only">The one code that is wanted, when it is one.</param>
        private RowSet RowsWhere(Func<int, bool> isWanted, int only, int count)
        {
            var codes = _codes.Items.AsSpan();
            if (codes.Length > count) codes = codes[..count];
            var rows = new List<int>();
            for (var row = 0; row < codes.Length; row++)
            {
                if (only > 0)
                {
                    var next = codes[row..].IndexOf(only);
                    if (next < 0) break;
                    row += next;
                }
                else if (!isWanted(codes[row]))
                {
                    continue;
                }
                rows.Add(row);
            }
            return RowSet.Of([.. rows]);
        }
    }
}
