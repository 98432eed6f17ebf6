namespace Domesday.Storage.Embedded.Memory;

/// <summary>Rows by the hash of their event id. One writer, many readers; a reader may miss what is being added, never what was published.</summary>
internal sealed class IdTable
{
    private volatile Slots _slots = new(16);
    private int _count;

    public void Add(ulong hash, int row)
    {
        if (_count * 2 >= _slots.Rows.Length)
        {
            var larger = new Slots(_slots.Rows.Length * 2);
            for (var i = 0; i < _slots.Rows.Length; i++)
            {
                if (_slots.Rows[i] != 0) larger.Add(_slots.Hashes[i], _slots.Rows[i]);
            }
            _slots = larger;
        }
        _slots.Add(hash, row + 1);
        _count++;
    }

    /// <summary>The rows with this hash.</summary>
    public Candidates Find(ulong hash) => new(_slots, hash);

    /// <summary>Every hash and its row, in no particular order; once nothing is added any more.</summary>
    public IEnumerable<(ulong Hash, int Row)> All
    {
        get
        {
            var slots = _slots;
            for (var i = 0; i < slots.Rows.Length; i++)
            {
                if (slots.Rows[i] != 0) yield return (slots.Hashes[i], slots.Rows[i] - 1);
            }
        }
    }

    /// <summary>Walks over rows with one hash.</summary>
    internal ref struct Candidates(Slots slots, ulong hash)
    {
        private readonly int _mask = slots.Rows.Length - 1;
        private int _next = (int)hash & (slots.Rows.Length - 1);

        /// <returns>The next row, or -1.</returns>
        public int Next()
        {
            while (Volatile.Read(ref slots.Rows[_next]) is > 0 and var row)
            {
                var found = slots.Hashes[_next] == hash;
                _next = _next + 1 & _mask;
                if (found) return row - 1;
            }
            return -1;
        }
    }

    internal sealed class Slots(int size)
    {
        public readonly ulong[] Hashes = new ulong[size];
        public readonly int[] Rows = new int[size];

        public void Add(ulong hash, int row)
        {
            var mask = Rows.Length - 1;
            var slot = (int)hash & mask;
            while (Rows[slot] != 0) slot = slot + 1 & mask;
            Hashes[slot] = hash;
            Volatile.Write(ref Rows[slot], row);
        }
    }
}
