using System.Globalization;
using System.Numerics;
using System.Text;
using Domesday.Core.Problems;

namespace Domesday.Core.Sealing;

/// <summary>Remembers the last checkpoint that was signed for each ledger, so that a ledger which lost or changed what was vouched for is found out at start.</summary>
/// <remarks>
/// A line for each signature: CRC-32C of the rest, the ledger's name, the note in base64. The last line of a ledger counts. Rewritten when most
/// lines are outdated. Not for several threads at once.
/// </remarks>
internal sealed class CheckpointFile : IDisposable
{
    private const int LinesMin = 4_096;

    private readonly string _path;
    private readonly Dictionary<string, string> _notes;
    private FileStream? _file;
    private long _lines;

    private CheckpointFile(string path, Dictionary<string, string> notes) => (_path, _notes) = (path, notes);

    /// <summary>Ledger → its last note.</summary>
    public IReadOnlyDictionary<string, string> Notes => _notes;

    /// <summary>Whether a line was cut off because it was written only in part.</summary>
    public bool WasTorn { get; private init; }

    /// <returns><see cref="ProblemKind.Corrupt"/> when a line other than a torn last one is damaged.</returns>
    public static Result<CheckpointFile> Open(string path)
    {
        DurableFile.MakeFolderOf(path);
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        var text = File.Exists(path) ? File.ReadAllText(path, Encoding.Latin1) : "";
        var lines = text.Split('\n');
        for (var line = 0; line < lines.Length - 1; line++)
        {
            if (!TryRead(lines[line], out var tenant, out var note))
            {
                return new Problem(ProblemKind.Corrupt,
                    $"Line {line + 1} of {path}, the record of signed checkpoints, does not agree with its checksum. Put the file back from a copy, or move it away to start without it.");
            }
            notes[tenant] = note;
        }
        return new CheckpointFile(path, notes) { WasTorn = lines[^1].Length > 0 };
    }

    /// <summary>Records checkpoints; they are durable when it returns.</summary>
    /// <exception cref="IOException">They may or may not be in the file; the next call writes it anew.</exception>
    public void Record(IReadOnlyCollection<(string Tenant, string Note)> signed)
    {
        foreach (var (tenant, note) in signed) _notes[tenant] = note;
        try
        {
            if (_file is null || _lines + signed.Count > LinesMin + 2L * _notes.Count) Rewrite();
            else Append(signed.Select(one => Line(one.Tenant, one.Note)), signed.Count);
        }
        catch
        {
            _file?.Dispose();
            _file = null;
            throw;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Append(IEnumerable<string> lines, int count)
    {
        _file!.Write(Encoding.Latin1.GetBytes(string.Concat(lines)));
        _file.Flush();
        DurableFile.Sync(_file.SafeFileHandle);
        _lines += count;
    }

    private void Rewrite()
    {
        _file?.Dispose();
        _file = null;
        DurableFile.Replace(_path, Encoding.Latin1.GetBytes(string.Concat(_notes.Select(note => Line(note.Key, note.Value)))));
        _file = DurableFile.OpenToAppend(_path);
        _lines = _notes.Count;
    }

    private static string Line(string tenant, string note)
    {
        var content = $"{tenant} {Convert.ToBase64String(Encoding.UTF8.GetBytes(note))}";
        return $"{Checksum(content)} {content}\n";
    }

    private static bool TryRead(string line, out string tenant, out string note)
    {
        (tenant, note) = ("", "");
        if (line.Split(' ') is not [var checksum, var name, var encoded] || checksum != Checksum($"{name} {encoded}")) return false;
        (tenant, note) = (name, Encoding.UTF8.GetString(Convert.FromBase64String(encoded)));
        return true;
    }

    private static string Checksum(string content)
    {
        var checksum = uint.MaxValue;
        foreach (var character in content) checksum = BitOperations.Crc32C(checksum, (byte)character);
        return (~checksum).ToString("x8", CultureInfo.InvariantCulture);
    }
}
