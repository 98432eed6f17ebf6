using System.Buffers.Binary;
using Domesday.Events.Json;
using Npgsql;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>Rows on their way into a table in PostgreSQL's binary form of COPY.</summary>
/// <remarks>Source: PostgreSQL 15, «COPY», «Binary Format».</remarks>
internal sealed class CopyBuffer
{
    private const int TypeOfInt32 = 23;

    /// <summary>Pieces below what the collector keeps on its heap of large objects: megabytes for each group of events would have it collect everything again and again.</summary>
    private const int PieceBytes = 64 * 1024;

    private readonly List<ByteBuffer> _full = [];
    private ByteBuffer _bytes = new(PieceBytes);

    /// <summary>Whether there is a row.</summary>
    public bool IsEmpty => _bytes.Length == 0;

    /// <summary>Begins a row.</summary>
    public void Row(short columns)
    {
        if (IsEmpty) _bytes.Append(Head);
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), columns);
    }

    public void Null() => Length(-1);

    public void Int16(short value)
    {
        Length(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), value);
    }

    public void Int32(int value)
    {
        Length(sizeof(int));
        Length(value);
    }

    public void Int64(long value)
    {
        Length(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(Room(sizeof(long)), value);
    }

    public void Boolean(bool value)
    {
        Length(1);
        Room(1)[0] = value ? (byte)1 : (byte)0;
    }

    public void Uuid(Guid value)
    {
        const int Size = 16;
        Length(Size);
        value.TryWriteBytes(Room(Size), bigEndian: true, out _);
    }

    /// <summary>Bytes, or text in UTF-8.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        value.CopyTo(Room(value.Length));
    }

    /// <summary>A list of one dimension.</summary>
    /// <remarks>Source: PostgreSQL 15, array_send: dimensions, whether one is null, type of the elements, length, number of the first; then the elements.</remarks>
    public void Int32s(ReadOnlySpan<int> values)
    {
        const int Header = 5 * sizeof(int);
        Length(Header + values.Length * 2 * sizeof(int));
        foreach (var part in (ReadOnlySpan<int>)[1, 0, TypeOfInt32, values.Length, 1]) Length(part);
        foreach (var value in values) Int32(value);
    }

    /// <summary>Sends the rows into a table.</summary>
    /// <param name="target">Table and columns, such as <c>event_id (id, sequence, ledger)</c>.</param>
    public async ValueTask SendAsync(NpgsqlConnection connection, string target, CancellationToken cancellation)
    {
        if (IsEmpty) return;
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), -1);
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {target} from stdin (format binary)", cancellation);
        foreach (var piece in _full) await copy.WriteAsync(piece.WrittenMemory, cancellation);
        await copy.WriteAsync(_bytes.WrittenMemory, cancellation);
    }

    private static ReadOnlySpan<byte> Head => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), length);
    }

    /// <summary>The next so many bytes, to be written now.</summary>
    private Span<byte> Room(int bytes)
    {
        if (bytes > PieceBytes - _bytes.Length && _bytes.Length > 0)
        {
            _full.Add(_bytes);
            _bytes = new(Math.Max(bytes, PieceBytes));
        }
        var room = _bytes.Reserve(bytes);
        _bytes.Advance(bytes);
        return room;
    }
}
