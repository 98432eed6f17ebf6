using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using Domesday.Events;

namespace Domesday.Benchmarks.Workload;

/// <summary>The workload written out ahead, in batches, so that neither side's client spends its time on making events: NDJSON for one, PostgreSQL's binary COPY for the other.</summary>
public sealed class PreparedWorkload : IDisposable
{
    public const int BatchEvents = 1000;

    private readonly FileStream _file;
    private readonly List<(long Position, int Length)> _batches = [];

    private PreparedWorkload(FileStream file) => _file = file;

    public int Batches => _batches.Count;

    /// <summary>One batch's bytes; several threads may read.</summary>
    public byte[] Batch(int index)
    {
        var (position, length) = _batches[index];
        var bytes = new byte[length];
        for (var read = 0; read < length;) read += RandomAccess.Read(_file.SafeFileHandle, bytes.AsSpan(read), position + read);
        return bytes;
    }

    public static PreparedWorkload Lines(WorkloadGenerator generator, int events, string path) => Write(path, events, first => WorkloadJson.Lines(generator, first, BatchEvents));

    public static PreparedWorkload Copy(WorkloadGenerator generator, int events, string path) => Write(path, events, first => CopyBatch(generator, first));

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_file.Name);
    }

    private static PreparedWorkload Write(string path, int events, Func<long, byte[]> render)
    {
        var prepared = new PreparedWorkload(new FileStream(path, FileMode.Create, FileAccess.ReadWrite));
        var count = events / BatchEvents;
        foreach (var chunk in Enumerable.Range(0, count).Chunk(64))
        {
            var rendered = new byte[chunk.Length][];
            Parallel.For(0, chunk.Length, i => rendered[i] = render((long)chunk[i] * BatchEvents));
            foreach (var bytes in rendered)
            {
                prepared._batches.Add((prepared._file.Position, bytes.Length));
                prepared._file.Write(bytes);
            }
        }
        prepared._file.Flush();
        return prepared;
    }

    /// <summary>Rows of the binary COPY format, with its header and end: https://www.postgresql.org/docs/15/sql-copy.html.</summary>
    private static byte[] CopyBatch(WorkloadGenerator generator, long first)
    {
        var output = new ArrayBufferWriter<byte>(BatchEvents * 500);
        output.Write("PGCOPY\n"u8);
        output.Write<byte>([0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]);
        for (var i = 0; i < BatchEvents; i++) WriteRow(output, generator.At(first + i));
        output.Write<byte>([0xFF, 0xFF]);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteRow(ArrayBufferWriter<byte> output, in WorkloadEvent item)
    {
        Int16(output, 21);
        Int32(output, 8);
        // PostgreSQL counts microseconds from the year 2000.
        Int64(output, item.TimeMicroseconds - Timestamp.FromDateTimeOffset(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Microseconds);
        foreach (var text in (string[])[item.Cluster, item.Region, item.Domain]) Text(output, text);
        Uuid(output, item.Project);
        foreach (var text in (string[])[item.Service, item.Action, item.ResourceType]) Text(output, text);
        Uuid(output, item.ResourceId);
        foreach (var text in (string[])[item.ResourceName, item.Result, item.ActorType]) Text(output, text);
        Uuid(output, item.ActorId);
        Text(output, item.ActorName);
        Int32(output, 8);
        output.Write<byte>([2, 32, 0, 4]);
        output.Write(IPAddress.Parse(item.SourceIp).GetAddressBytes());
        foreach (var text in (string[])[item.UserAgent, item.Method, item.Path]) Text(output, text);
        Int32(output, 4);
        Int32(output, item.Status);
        Uuid(output, item.RequestId);
        if (item.Body is { } body) Text(output, body);
        else Int32(output, -1);
    }

    private static void Text(ArrayBufferWriter<byte> output, string text)
    {
        Int32(output, Encoding.UTF8.GetByteCount(text));
        output.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Uuid(ArrayBufferWriter<byte> output, Guid id)
    {
        Int32(output, 16);
        id.TryWriteBytes(output.GetSpan(16), bigEndian: true, out _);
        output.Advance(16);
    }

    private static void Int16(ArrayBufferWriter<byte> output, short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(output.GetSpan(2), value);
        output.Advance(2);
    }

    private static void Int32(ArrayBufferWriter<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    private static void Int64(ArrayBufferWriter<byte> output, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(8), value);
        output.Advance(8);
    }
}
