using System.Text;
using System.Text.Json;
using Domesday.Core.Nodes;

namespace Domesday.Core.Forwarding;

/// <summary>The files of one sink: its cursor, and what its receiver rejected.</summary>
/// <remarks>See docs/adr/0034-cursors-of-sinks.md. All methods throw <see cref="IOException"/> when the disk refuses.</remarks>
internal sealed class SinkFiles(IKeptFiles files, string id)
{
    private string CursorFile => id + ".json";

    private string RejectedFile => id + ".rejected.ndjson";

    /// <summary>The cursor that was saved last; null when there is none.</summary>
    /// <exception cref="JsonException">It is damaged.</exception>
    public SinkCursor? Load() => files.Read(CursorFile) is { } content ? JsonSerializer.Deserialize(content, ForwardingJson.Default.SinkCursor) : null;

    /// <summary>Makes the cursor durable.</summary>
    public void Save(SinkCursor cursor) => files.Replace(CursorFile, JsonSerializer.SerializeToUtf8Bytes(cursor, ForwardingJson.Default.SinkCursor));

    /// <summary>What was rejected and is kept, in the order of the ledger.</summary>
    public SortedDictionary<long, DeadLetter> LoadRejected()
    {
        var letters = new SortedDictionary<long, DeadLetter>();
        if (files.Read(RejectedFile) is not { } content) return letters;
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (ReadLetter(line) is { } letter) letters[letter.Sequence] = letter;
        }
        return letters;
    }

    /// <summary>Adds to what was rejected, durably.</summary>
    public void AddRejected(IEnumerable<DeadLetter> letters) => files.Append(RejectedFile, Lines(letters));

    public void ReplaceRejected(IEnumerable<DeadLetter> letters) => files.Replace(RejectedFile, Lines(letters));

    private static byte[] Lines(IEnumerable<DeadLetter> letters)
    {
        using var bytes = new MemoryStream();
        foreach (var letter in letters)
        {
            bytes.Write(JsonSerializer.SerializeToUtf8Bytes(letter, ForwardingJson.Default.DeadLetter));
            bytes.WriteByte((byte)'\n');
        }
        return bytes.ToArray();
    }

    public void Delete()
    {
        files.Delete(CursorFile);
        files.Delete(RejectedFile);
    }

    /// <summary>A line that a crash cut off says nothing: its event was not counted, and comes again.</summary>
    private static DeadLetter? ReadLetter(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ForwardingJson.Default.DeadLetter);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
