using Domesday.Storage.Embedded.Commit;
using Domesday.Storage.Embedded.Ids;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;
using Domesday.Storage.Embedded.Manifests;
using Domesday.Storage.Embedded.Memory;
using Domesday.Storage.Embedded.Segments;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Turns a generation into segments and a run of ids; its log files are removed only after everything was read back.</summary>
internal sealed class Flush(StoreFiles files, EngineOptions options)
{
    public void Run(Generation generation)
    {
        var tables = generation.Tables.Where(table => table.Value.Count > 0).OrderBy(table => table.Key.Name, StringComparer.Ordinal).ToList();
        if (tables.Count > 0)
        {
            var written = WriteSegments(tables);
            foreach (var (_, table, info) in written) SegmentCheck.AgainstEntries(files.Reader(info), table.Entry);
            var run = WriteRun(tables);
            Commit(generation, written, run);
        }
        else if (generation.LastLogFile > 0)
        {
            files.Change(manifest => manifest with { LogFrom = Math.Max(manifest.LogFrom, generation.LastLogFile + 1) });
        }
        files.RemoveLogsBelow(files.Manifest.LogFrom);
    }

    private List<(Ledger Ledger, MemTable Table, SegmentInfo Info)> WriteSegments(List<KeyValuePair<Ledger, MemTable>> tables)
    {
        var written = new List<(Ledger, MemTable, SegmentInfo)>();
        foreach (var (ledger, table) in tables.Where(table => table.Value.Bytes >= options.OwnFileBytesMin))
        {
            WriteFile([new(ledger, table)], written);
        }
        var small = tables.Where(table => table.Value.Bytes < options.OwnFileBytesMin).ToList();
        if (small.Count > 0) WriteFile(small, written);
        files.Disk.SyncFolder(SegmentSource.Folder);
        return written;
    }

    private void WriteFile(List<KeyValuePair<Ledger, MemTable>> tables, List<(Ledger, MemTable, SegmentInfo)> written)
    {
        var number = files.Numbers.Take();
        using var output = new SegmentOutput(files.Disk.Create(SegmentSource.NameOf(number)));
        foreach (var (ledger, table) in tables)
        {
            var builder = new SegmentBuilder(files.Hash, table.FirstSequence);
            var rows = table.Count;
            var erased = ledger.Erased.Rows(table.FirstSequence, rows);
            // What the table has numbered includes values that only erased events have.
            if (erased.IsEmpty) TakeOver(table, rows, builder);
            for (var row = 0; row < rows; row++)
            {
                if (erased.Contains(row)) builder.AddHole(table.Entry(row).Span, table.Times[row]);
                else builder.Add(table.Entry(row).Span, table.Times[row]);
            }
            var kept = table.Attachments.Where(attachment => attachment.Sequence < table.FirstSequence + rows && !erased.Contains((int)(attachment.Sequence - table.FirstSequence)));
            written.Add((ledger, table, builder.Write(output, number, kept)));
        }
        output.Finish();
    }

    /// <summary>Spares looking up again what the table has numbered already.</summary>
    private static void TakeOver(MemTable table, int rows, SegmentBuilder builder)
    {
        // Rows that were added and not published may have values that no published row has.
        if (table.Added != rows) return;
        foreach (var field in ColumnPlan.AllIndexed)
        {
            if (table.Column(field) is not { } column) continue;
            if (column.Codes is { } coded) builder.Adopt(field, coded.Dictionary, coded.Items.AsSpan(0, Math.Min(rows, coded.Items.Length)));
            else builder.KeepPlain(field);
        }
    }

    private IdRunInfo? WriteRun(List<KeyValuePair<Ledger, MemTable>> tables)
    {
        var entries = tables.SelectMany(table => table.Value.Ids.Select(id => new IdEntry(id.Hash & IdRun.HashMask, table.Key.Number, table.Value.FirstSequence + id.Row))).ToArray();
        Array.Sort(Array.ConvertAll(entries, entry => entry.Hash), entries);
        var run = IdRunWriter.Write(files.Disk, files.Numbers.Take(), 0, entries.Length, entries);
        files.Disk.SyncFolder(IdRun.Folder);
        return run;
    }

    private void Commit(Generation generation, List<(Ledger Ledger, MemTable Table, SegmentInfo Info)> written, IdRunInfo? run)
    {
        var added = written.ToDictionary(item => item.Ledger.Name);
        files.Change(manifest => manifest with
        {
            LogFrom = Math.Max(manifest.LogFrom, generation.LastLogFile + 1),
            IdRuns = run is null ? manifest.IdRuns : [run, .. manifest.IdRuns],
            LeftBehind =
            [
                .. manifest.LeftBehind,
                .. written.Where(item => item.Info.Holes > 0).Select(item => new LeftBehind(LogFormat.NameOf(generation.LastLogFile), item.Ledger.Name, item.Info.Holes)),
            ],
            Tenants =
            [
                .. manifest.Tenants.Select(tenant => added.Remove(tenant.Name, out var item)
                    ? tenant with { Durable = item.Info.EndSequence, Segments = [.. tenant.Segments, item.Info], Damage = item.Ledger.Damage }
                    : tenant),
                .. added.Values.Select(item => new ManifestTenant(item.Ledger.Name, item.Ledger.Number, item.Info.EndSequence) { Segments = [item.Info] }),
            ],
        });
        // Ids first: an id that is no longer in a table is then in the runs.
        files.UseRuns();
        foreach (var (ledger, table, info) in written)
        {
            files.Keep(info);
            ledger.Durable = info.EndSequence;
            ledger.Change(view => new([.. view.Segments, files.Reader(info)], [.. view.Tables.Where(other => other != table)]));
        }
    }
}
