using Domesday.Core.Storage;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>What a copy of the store consists of, as of one moment: the manifest, what it lists, and the log up to what was acknowledged.</summary>
/// <remarks>The manifest first, the log after it: an event is then in a segment of the manifest or in a log file that it names, whatever is flushed meanwhile.</remarks>
internal sealed class StoreCopy : IStoreCopy
{
    private readonly StoreFiles _files;
    private readonly byte[] _manifest;
    private int _disposed;

    public StoreCopy(StoreFiles files, Func<(long File, long Length)> logEnd)
    {
        _files = files;
        files.Hold();
        var manifest = files.Manifest;
        var (last, lastLength) = logEnd();
        _manifest = manifest.ToBytes();
        Files =
        [
            new(Manifest.Name, _manifest.Length),
            .. manifest.Tenants.SelectMany(tenant => tenant.Segments).Select(segment => SegmentSource.NameOf(segment.File)).Distinct().Select(Whole),
            .. manifest.IdRuns.Select(run => Whole(IdRun.NameOf(run.File))),
            .. manifest.Tenants.SelectMany(tenant => tenant.Dropped).Select(run => Whole(DroppedLeaves.NameOf(run.File))),
            .. manifest.Tenants.SelectMany(tenant => tenant.Erased).Select(run => Whole(ErasureFile.NameOf(run.File))),
            .. files.Disk.List(LogFormat.Folder).Where(name => FileNumbers.NumberOf(name) >= manifest.LogFrom && FileNumbers.NumberOf(name) <= (last == 0 ? long.MaxValue : last))
                .Select(name => FileNumbers.NumberOf(name) == last ? new(name, lastLength) : Whole(name)),
        ];
    }

    public IReadOnlyList<StoreCopyFile> Files { get; }

    public int Read(StoreCopyFile file, long position, Span<byte> buffer)
    {
        var length = (int)Math.Min(buffer.Length, file.Length - position);
        if (length <= 0) return 0;
        if (file.Name == Manifest.Name) _manifest.AsSpan((int)position, length).CopyTo(buffer);
        else _files.Open.Read(file.Name, position, buffer[..length]);
        return length;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _files.Unhold();
    }

    private StoreCopyFile Whole(string name)
    {
        using var file = _files.Disk.Open(name, forWriting: false);
        return new(name, file.Length);
    }
}
