using Domesday.Events.Json;
using Domesday.Storage.Embedded.Coding;
using Domesday.Storage.Embedded.Disk;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Ids;

/// <summary>Writes a run from entries in ascending order of their hashes.</summary>
internal static class IdRunWriter
{
    /// <param name="count">How many entries come at most; the filter is made for that many.</param>
    /// <returns>Null when there was no entry; no file then stays.</returns>
    public static IdRunInfo? Write(IDisk disk, long file, int level, int count, IEnumerable<IdEntry> entries)
    {
        using var output = new SegmentOutput(disk.Create(IdRun.NameOf(file)));
        var filter = new IdFilter(count);
        var directory = new ByteBuffer();
        var page = new ByteBuffer();
        var pending = new IdEntry[IdRun.PageEntries];
        var (filled, pages, written) = (0, 0, 0L);
        void WritePage()
        {
            directory.WriteInt64((long)pending[0].Hash);
            page.Clear();
            IdPage.Write(page, pending.AsSpan(0, filled));
            directory.WriteInt64(output.Write(page.Written).Position);
            (filled, pages) = (0, pages + 1);
        }

        foreach (var entry in entries)
        {
            filter.Add(entry.Hash);
            pending[filled++] = entry;
            written++;
            if (filled == pending.Length) WritePage();
        }
        if (filled > 0) WritePage();
        if (written == 0)
        {
            disk.Delete(IdRun.NameOf(file));
            return null;
        }
        page.Clear();
        filter.Write(page);
        var filterPosition = output.Write(page.Written).Position;
        page.Clear();
        page.WriteInt32(pages);
        page.Append(directory.Written);
        page.WriteInt64(filterPosition);
        var section = output.Write(page.Written);
        output.Finish();
        return new(file, level, written, section.Position, section.Length);
    }
}
