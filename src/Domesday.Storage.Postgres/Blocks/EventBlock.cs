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
    private readonly BlockColumns _columns;

    /// <param name="reader">At a row of first, count, and <paramref name="columns"/> in their order.</param>
    /// <exception cref="CorruptLedgerException">A column does not fit the others.</exception>
    public EventBlock(NpgsqlDataReader reader, BlockColumns columns)
    {
        (First, Count, _columns, Counts) = (reader.GetInt64(0), reader.GetInt32(1), columns, new());
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

    private EventBlock(EventBlock block, EventBlock more)
    {
        (First, Count, _columns, Counts) = (block.First, block.Count, block._columns | more._columns, more.Counts);
        _times = block._times ?? more._times;
        for (var i = 0; i < _hashes.Length; i++) _hashes[i] = block._hashes[i] ?? more._hashes[i];
        for (var i = 0; i < _codes.Length; i++) _codes[i] = block._codes[i] ?? more._codes[i];
    }

    public long First { get; }

    public int Count { get; }

    /// <summary>What it takes in memory, about.</summary>
    public int Bytes => 512 + (_times?.Bytes ?? 0) + _hashes.Sum(column => column?.Bytes ?? 0) + _codes.Sum(column => column?.Bytes ?? 0);

    /// <summary>How many of its events matched when that was asked before: who turns pages asks for the same total with each.</summary>
    public KnownCounts Counts { get; }

    /// <summary>Whether these columns were read.</summary>
    public bool Has(BlockColumns columns) => _columns.Cover(columns);

    /// <summary>The same block with columns that were read at another time.</summary>
    public EventBlock With(EventBlock? other) => other is null ? this : new(this, other);

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
