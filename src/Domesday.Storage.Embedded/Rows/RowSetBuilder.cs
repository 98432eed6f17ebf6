namespace Domesday.Storage.Embedded.Rows;

/// <summary>Collects rows, in any order.</summary>
/// <param name="rows">Above every row that is added.</param>
internal sealed class RowSetBuilder(int rows)
{
    private readonly ulong[]?[] _chunks = new ulong[]?[(rows + RowBitmap.ChunkRows - 1) / RowBitmap.ChunkRows];

    public void Add(int row) => Chunk(row / RowBitmap.ChunkRows)[row % RowBitmap.ChunkRows / 64] |= 1UL << row;

    /// <param name="to">Exclusive.</param>
    public void AddRange(int from, int to)
    {
        for (var row = from; row < to;)
        {
            if ((row & 63) == 0 && to - row >= 64)
            {
                Chunk(row / RowBitmap.ChunkRows)[row % RowBitmap.ChunkRows / 64] = ulong.MaxValue;
                row += 64;
            }
            else
            {
                Add(row++);
            }
        }
    }

    public RowSet Build() => RowBitmap.Small(_chunks);

    private ulong[] Chunk(int index) => _chunks[index] ??= new ulong[RowBitmap.ChunkWords];
}
