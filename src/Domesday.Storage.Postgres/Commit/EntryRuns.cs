using Domesday.Storage.Postgres.Ledgers;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>Gathers the entries of a turn for those who follow the ledger, in pieces small enough for the collector's youngest generation.</summary>
internal sealed class EntryRuns
{
    private const int PieceBytes = 64 * 1024;

    private readonly List<EntryRun> _runs = [];
    private readonly List<int> _ends = [];
    private byte[] _bytes = [];
    private long _first;
    private int _length;

    /// <summary>Adds an entry; its sequence follows the one before.</summary>
    public void Add(long sequence, ReadOnlySpan<byte> entry)
    {
        if (entry.Length > _bytes.Length - _length) FinishPiece(entry.Length);
        if (_ends.Count == 0) _first = sequence;
        entry.CopyTo(_bytes.AsSpan(_length));
        _length += entry.Length;
        _ends.Add(_length);
    }

    public IReadOnlyList<EntryRun> Finish()
    {
        FinishPiece(0);
        return _runs;
    }

    /// <param name="needed">Bytes that the next piece must hold.</param>
    private void FinishPiece(int needed)
    {
        // A small group is not to hold a whole piece.
        if (_ends.Count > 0) _runs.Add(new(_first, _length > _bytes.Length / 2 ? _bytes : _bytes[.._length], [.. _ends]));
        _ends.Clear();
        _length = 0;
        _bytes = needed == 0 ? [] : GC.AllocateUninitializedArray<byte>(Math.Max(needed, PieceBytes));
    }
}
