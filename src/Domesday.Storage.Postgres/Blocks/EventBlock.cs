using Domesday.Core.Storage;
using Domesday.Storage.Postgres.Columns;
using Npgsql;

namespace Domesday.Storage.Postgres.Blocks;

/// <summary>Some columns of a block.</summary>
internal sealed class EventBlock
{
    private readonly CodeColumn?[] _codes = new CodeColumn?[EventColumns.Coded.Count];
    private readonly NumberColumn?[] _hashes = new NumberColumn?[EventColumns.Hashed.Count];
    private readonly NumberColumn? _times;

    /// <param name="reader">At a row of first, count, and <paramref name="columns"/> in their order.</param>
    /// <exception cref="CorruptLedgerException">A column does not fit the others.</exception>
    public EventBlock(NpgsqlDataReader reader, BlockColumns columns)
    {
        (First, Count) = (reader.GetInt64(0), reader.GetInt32(1));
        var column = 2;
        if (columns.HasTime) _times = new(reader.GetFieldValue<byte[]>(column++), Count);
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (columns.HasHash(i)) _hashes[i] = Next() is { } packed ? new(packed, Count) : null;
        }
        for (var i = 0; i < _codes.Length; i++)
        {
            if (columns.HasCode(i)) _codes[i] = Next() is { } packed ? new(packed, Count) : null;
        }
        byte[]? Next() => reader.IsDBNull(column++) ? null : reader.GetFieldValue<byte[]>(column - 1);
    }

    public long First { get; }

    public int Count { get; }

    /// <summary>The codes of a column; null when no event has one.</summary>
    public CodeColumn? Codes(int place) => _codes[place];

    /// <summary>The hashes of a column; null when no event has one.</summary>
    public NumberColumn? Hashes(int place) => _hashes[place];

    /// <summary>Microseconds since 1970.</summary>
    public long Time(int index) => _times![index];

    /// <param name="place">Among <see cref="EventColumns.Coded"/>.</param>
    /// <returns>0 when the event has no such field.</returns>
    public int Code(int place, int index) => _codes[place] is { } codes ? codes[index] : 0;

    /// <param name="place">Among <see cref="EventColumns.Hashed"/>.</param>
    /// <returns>0 when the event has no such field.</returns>
    public long Hash(int place, int index) => _hashes[place] is { } hashes ? hashes[index] : 0;
}
