using Domesday.Core.Sealing;
using Domesday.Core.Storage;

namespace Domesday.Server.Backup;

/// <summary>Everything a restored service needs, as of one moment: the record of checkpoints, the signing keys, the store.</summary>
internal sealed class ServiceCopy : IDisposable
{
    private readonly SealingCopy _sealing;
    private readonly IStoreCopy _store;

    private ServiceCopy(SealingCopy sealing, IStoreCopy store)
    {
        (_sealing, _store) = (sealing, store);
        Parts =
        [
            .. sealing.Files.Select(file => new BackupPart(file.Name, file.Length, file.Read)),
            .. store.Files.Select(file => new BackupPart($"{StoreCatalog.EmbeddedFolder}/{file.Name}", file.Length, (position, buffer) => store.Read(file, position, buffer))),
        ];
    }

    public IReadOnlyList<BackupPart> Parts { get; }

    /// <summary>First the checkpoints, then the store: the other way round a checkpoint could vouch for events that the copy lacks.</summary>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static ServiceCopy Begin(SealingOptions options, IStoreBackup store)
    {
        var sealing = SealingCopy.Open(options);
        try
        {
            return new(sealing, store.Copy());
        }
        catch
        {
            sealing.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        _sealing.Dispose();
    }
}
