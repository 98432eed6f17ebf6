using System.Buffers.Binary;
using Domesday.Events.Json;
using Npgsql;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>Rows on their way into a table in PostgreSQL's binary form of COPY.</summary>
/// <remarks>Source: PostgreSQL 15, «COPY», «Binary Format».</remarks>
internal sealed class CopyBuffer
{
    private const int TypeOfInt32 = 23;

    private readonly ByteBuffer _bytes = new(64 * 1024);

    /// <summary>Whether there is a row.</summary>
    public bool IsEmpty => _bytes.Length == 0;

    /// <summary>Begins a row.</summary>
    public void Row(short columns)
    {
        if (IsEmpty) _bytes.Append(Head);
        BinaryPrimitives.WriteInt16BigEndian(_bytes.Reserve(sizeof(short)), columns);
        _bytes.Advance(sizeof(short));
    }

    public void Null() => Length(-1);

    public void Int16(short value)
    {
        Length(sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(_bytes.Reserve(sizeof(short)), value);
        _bytes.Advance(sizeof(short));
    }

    public void Int32(int value)
    {
        Length(sizeof(int));
        Length(value);
    }

    public void Int64(long value)
    {
        Length(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_bytes.Reserve(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Boolean(bool value)
    {
        Length(1);
        _bytes.Append(value ? (byte)1 : (byte)0);
    }

    public void Uuid(Guid value)
    {
        const int Size = 16;
        Length(Size);
        value.TryWriteBytes(_bytes.Reserve(Size), bigEndian: true, out _);
        _bytes.Advance(Size);
    }

    /// <summary>Bytes, or text in UTF-8.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Length(value.Length);
        _bytes.Append(value);
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
        BinaryPrimitives.WriteInt16BigEndian(_bytes.Reserve(sizeof(short)), -1);
        _bytes.Advance(sizeof(short));
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {target} from stdin (format binary)", cancellation);
        await copy.WriteAsync(_bytes.WrittenMemory, cancellation);
    }

    private static ReadOnlySpan<byte> Head => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.Reserve(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }
}
