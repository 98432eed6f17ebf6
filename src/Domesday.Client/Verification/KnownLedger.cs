using System.Text;
using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>What a verifier remembers of a ledger: the key that signs its checkpoints, and the last checkpoint that was verified.</summary>
/// <param name="Note">Null: none yet.</param>
public sealed record KnownLedger(NoteKey Key, string? Note)
{
    /// <summary>The key on a line, an empty line, and the note.</summary>
    public override string ToString() => Note is null ? $"{Key}\n" : $"{Key}\n\n{Note}";

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is something else, or the key did not sign the note.</exception>
    public static KnownLedger Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('\n', 3);
        if (parts.Length < 2 || !NoteKey.TryParse(parts[0], out var key) || parts[1].Length > 0) throw new FormatException("A known ledger begins with a verifier key and an empty line.");
        if (parts.Length == 2) return new(key, null);
        if (SignedCheckpoint.Read(parts[2], key) is null) throw new FormatException("The remembered checkpoint does not bear the signature of the remembered key.");
        return new(key, parts[2]);
    }
}

/// <summary>Keeps what is known of ledgers in a folder, a file for each service and ledger.</summary>
/// <param name="folder">Made when the first one is remembered.</param>
public sealed class KnownLedgers(string folder)
{
    /// <summary><c>domesday/ledgers</c> in the user's configuration folder.</summary>
    public static KnownLedgers OfUser() =>
        new(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "domesday", "ledgers"));

    /// <param name="ledger">Tenant, or empty for the credential's own.</param>
    public string FileOf(Uri server, string ledger)
    {
        ArgumentNullException.ThrowIfNull(server);
        return Path.Combine(folder, $"{Uri.EscapeDataString(server.Authority)}~{Uri.EscapeDataString(ledger)}.note");
    }

    /// <returns>Null when nothing is known.</returns>
    /// <exception cref="FormatException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public KnownLedger? Find(Uri server, string ledger)
    {
        var file = FileOf(server, ledger);
        return File.Exists(file) ? KnownLedger.Parse(File.ReadAllText(file, Encoding.UTF8)) : null;
    }

    /// <summary>Puts what is known now in the place of what was known.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Remember(Uri server, string ledger, KnownLedger known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var file = FileOf(server, ledger);
        Directory.CreateDirectory(folder);
        var draft = $"{file}.{Guid.NewGuid():n}";
        File.WriteAllText(draft, known.ToString());
        File.Move(draft, file, overwrite: true);
    }
}
