using System.Text.Json;
using Domesday.Core.Sealing;

namespace Domesday.Core.Forwarding;

/// <summary>The files of one sink in the data folder: its cursor, and what its receiver rejected.</summary>
/// <remarks>See docs/adr/0034-cursors-of-sinks.md. All methods throw <see cref="IOException"/> when the disk refuses.</remarks>
internal sealed class SinkFiles(string folder, string id)
{
    private string CursorFile => Path.Combine(folder, id + ".json");

    private string RejectedFile => Path.Combine(folder, id + ".rejected.ndjson");

    /// <summary>The cursor that was saved last; null when there is none.</summary>
    /// <exception cref="JsonException">It is damaged.</exception>
    public SinkCursor? Load() => File.Exists(CursorFile) ? JsonSerializer.Deserialize(File.ReadAllBytes(CursorFile), ForwardingJson.Default.SinkCursor) : null;

    /// <summary>Makes the cursor durable.</summary>
    public void Save(SinkCursor cursor)
    {
        DurableFile.MakeFolderOf(CursorFile);
        DurableFile.Replace(CursorFile, JsonSerializer.SerializeToUtf8Bytes(cursor, ForwardingJson.Default.SinkCursor));
    }

    /// <summary>What was rejected and is kept, in the order of the ledger.</summary>
    public SortedDictionary<long, DeadLetter> LoadRejected()
    {
        var letters = new SortedDictionary<long, DeadLetter>();
        if (!File.Exists(RejectedFile)) return letters;
        foreach (var line in File.ReadLines(RejectedFile).Where(line => line.Length > 0))
        {
            if (ReadLetter(line) is { } letter) letters[letter.Sequence] = letter;
        }
        return letters;
    }

    /// <summary>Adds to what was rejected, durably.</summary>
    public void AddRejected(IEnumerable<DeadLetter> letters)
    {
        DurableFile.MakeFolderOf(RejectedFile);
        using var file = DurableFile.OpenToAppend(RejectedFile);
        foreach (var letter in letters)
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(letter, ForwardingJson.Default.DeadLetter));
            file.WriteByte((byte)'\n');
        }
        file.Flush();
        DurableFile.Sync(file.SafeFileHandle);
    }

    public void ReplaceRejected(IEnumerable<DeadLetter> letters)
    {
        using var bytes = new MemoryStream();
        foreach (var letter in letters)
        {
            bytes.Write(JsonSerializer.SerializeToUtf8Bytes(letter, ForwardingJson.Default.DeadLetter));
            bytes.WriteByte((byte)'\n');
        }
        DurableFile.MakeFolderOf(RejectedFile);
        DurableFile.Replace(RejectedFile, bytes.ToArray());
    }

    public void Delete()
    {
        File.Delete(CursorFile);
        File.Delete(RejectedFile);
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
