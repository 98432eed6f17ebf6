using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Domesday.Events.Merkle;

/// <summary>What the service vouches for: this ledger, at this size, has this root.</summary>
/// <param name="Origin">Name of the ledger, such as <c>domesday/acme</c>; no white space, no plus sign.</param>
/// <param name="Size">Number of leaves.</param>
/// <remarks>Source: C2SP tlog-checkpoint.</remarks>
public sealed record Checkpoint(string Origin, long Size, MerkleHash Root)
{
    /// <summary>The text that is signed: three lines, each with its line feed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root.ToBase64()}\n");

    /// <summary>Reads the text of a checkpoint; further lines are extensions and are ignored.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        var lines = text.Split('\n');
        if (lines.Length < 4 || lines[0].Length == 0 || lines[^1].Length != 0
            || lines.AsSpan(3..^1).Contains("")
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || lines[1] != size.ToString(CultureInfo.InvariantCulture)
            || !MerkleHash.TryFromBase64(lines[2], out var root)) return false;
        checkpoint = new(lines[0], size, root);
        return true;
    }
}

/// <summary>A text with signatures below it.</summary>
/// <param name="Text">Ends with a line feed.</param>
/// <remarks>Source: C2SP signed-note.</remarks>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Signatures that are read at most; the specification asks for 16.</summary>
    public const int SignaturesMax = 64;

    private const string SignatureMark = "\u2014 ";

    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
        {
            byte[] bytes = [.. BitConverter.IsLittleEndian ? BitConverter.GetBytes(signature.KeyId).Reverse() : BitConverter.GetBytes(signature.KeyId), .. signature.Signature];
            note.Append(SignatureMark).Append(signature.KeyName).Append(' ').Append(Convert.ToBase64String(bytes)).Append('\n');
        }
        return note.ToString();
    }

    /// <summary>Reads a note; a signature counts for nothing until <see cref="NoteKey.Verifies"/> says so.</summary>
    public static bool TryParse(string note, [NotNullWhen(true)] out SignedNote? signed)
    {
        signed = null;
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !note.EndsWith('\n') || note.Any(character => character < ' ' && character != '\n')) return false;
        var lines = note[(split + 2)..].Split('\n')[..^1];
        if (lines.Length is 0 or > SignaturesMax) return false;
        var signatures = new List<NoteSignature>();
        foreach (var line in lines)
        {
            var parts = line.Split(' ');
            if (parts.Length != 3 || parts[0] != SignatureMark.TrimEnd() || parts[1].Length == 0) return false;
            var bytes = new byte[parts[2].Length];
            if (!Convert.TryFromBase64String(parts[2], bytes, out var length) || length < 5 || Convert.ToBase64String(bytes, 0, length) != parts[2]) return false;
            var id = (uint)(bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]);
            signatures.Add(new(parts[1], id, bytes[4..length]));
        }
        signed = new(note[..(split + 1)], signatures);
        return true;
    }
}

/// <param name="KeyId">First four bytes of the hash that names the key, as a big-endian number.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, byte[] Signature);
