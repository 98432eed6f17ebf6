namespace Domesday.Server.Backup;

/// <summary>Reads a part of a file into the buffer.</summary>
/// <returns>Bytes read; 0 at the end.</returns>
internal delegate int PartReader(long position, Span<byte> buffer);

/// <summary>One file on its way into a backup.</summary>
/// <param name="Name">In the archive.</param>
/// <param name="Length">How much of it belongs to the backup, in bytes.</param>
internal sealed record BackupPart(string Name, long Length, PartReader Read);
