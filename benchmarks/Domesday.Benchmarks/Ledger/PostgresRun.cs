using System.Diagnostics.Metrics;
using Domesday.Benchmarks.Load;
using Domesday.Benchmarks.Rivals;
using Domesday.Benchmarks.Workload;
using Domesday.Events;
using Domesday.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Benchmarks.Ledger;

/// <summary>The same workload on the store postgres, with one node and with two, beside a plain table in a PostgreSQL of the same settings.</summary>
public sealed class PostgresRun : IDisposable
{
    private const int WarmUp = 200;

    /// <summary>Who is asked less often than this takes seconds to answer.</summary>
    private const int WarmedCalls = 50;

    private readonly string _folder;
    private readonly int _events;
    private readonly Report _report;
    private readonly WorkloadGenerator _generator;
    private readonly long _start;
    private readonly PreparedWorkload _lines;
    private readonly PreparedWorkload _copy;

    public PostgresRun(string folder, int events, Report report)
    {
        (_folder, _events, _report) = (folder, events, report);
        Directory.CreateDirectory(folder);
        _start = new Timestamp(1_790_000_000_000_000).Microseconds / 86_400_000_000 * 86_400_000_000;
        _generator = new(events, _start);
        Console.WriteLine($"Writing {Report.Number(events)} events out ahead, as NDJSON and as binary COPY …");
        _lines = PreparedWorkload.Lines(_generator, events, Path.Combine(folder, "lines"));
        _copy = PreparedWorkload.Copy(_generator, events, Path.Combine(folder, "copy"));
    }

    public async Task RunAsync()
    {
        using var rival = new PostgresServer(Path.Combine(_folder, "rival"));
        await using var ledger = new PostgresLedger(rival.ConnectionString);
        await ledger.CreateAsync(_start);
        using var database = new PostgresServer(Path.Combine(_folder, "database"));
        await IngestAsync(rival, ledger, database);
        await TwoNodesAsync();
        // Otherwise their gigabytes take the memory in which both databases' files would stay.
        DropPrepared();
        await QuestionsAsync(database, rival, ledger);
    }

    public void Dispose()
    {
        DropPrepared();
        Directory.Delete(_folder, recursive: true);
    }

    private void DropPrepared()
    {
        _lines.Dispose();
        _copy.Dispose();
    }

    private async Task IngestAsync(PostgresServer rival, PostgresLedger ledger, PostgresServer database)
    {
        _report.Text($"**Durable ingest** of {Report.Number(_events)} events through one node of the service, which parses, hashes, seals and rolls up, beside COPY of ready rows into a plain table.");
        _report.Header("", "Domesday on PostgreSQL", "plain table", "ratio", "asked");
        var rivalBatches = await IngestBenchmark.BatchesAsync(rival, ledger, _copy);
        var rivalSingles = await IngestBenchmark.SinglesAsync(rival, ledger, _generator, 0, Singles);
        using var server = await DomesdayServer.StartAsync(Path.Combine(_folder, "node"), database.ConnectionString);
        var databaseBefore = ProcessFigures.ProcessorSeconds(database.ProcessId);
        var batches = await IngestBenchmark.BatchesAsync(server, _lines);
        var databaseMicroseconds = (ProcessFigures.ProcessorSeconds(database.ProcessId) - databaseBefore) / _events * 1e6;
        Row("batches of 1,000 on 8 connections, events/s", batches, rivalBatches, "0.8×");
        var singles = await IngestBenchmark.SinglesAsync(server, _generator, 0, Singles);
        Row("single events on 64 connections, events/s", singles, rivalSingles, "");
        _report.End();
        await using (var settle = new PostgresLedger(database.ConnectionString))
        {
            // As autovacuum does in time, on both sides.
            await Task.Delay(TimeSpan.FromSeconds(5));
            await settle.RunAsync("vacuum analyze");
        }
        await ledger.SettleAsync();
        await SizesAsync(database);
        _report.Header("", "Domesday on PostgreSQL", "plain table", "asked");
        _report.Row("bytes an event, indexes included", Report.Number(database.Bytes / (double)(_events + Singles)), Report.Number(rival.Bytes / (double)(_events + Singles)), "402");
        _report.Row("processor, µs an event in batches: of the node", Measured.Text(batches.ProcessorMicroseconds), "", "");
        _report.Row("… of its PostgreSQL", Measured.Text(databaseMicroseconds), Measured.Text(rivalBatches.ProcessorMicroseconds), "");
        _report.Row("… of both, by the plain table's", Report.Ratio((batches.ProcessorMicroseconds + databaseMicroseconds) / rivalBatches.ProcessorMicroseconds), "1.00×", "1.25×");
        _report.End();
    }

    /// <summary>Says where the bytes lie: the kinds of tables and indexes, largest first.</summary>
    private async Task SizesAsync(PostgresServer database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("""
            select regexp_replace(coalesce(i.indrelid, c.oid)::regclass::text, '_\d{8}', '') as of_table, case c.relkind when 'i' then regexp_replace(c.relname, '\d{8}_?', '') else 'rows' end as part,
              sum(pg_relation_size(c.oid) + coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0))::bigint as bytes
            from pg_class c left join pg_index i on i.indexrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i') group by 1, 2 having sum(pg_relation_size(c.oid)) > 100000 order by bytes desc
            """);
        await using var reader = await command.ExecuteReaderAsync();
        _report.Header("table", "part", "bytes an event");
        while (await reader.ReadAsync()) _report.Row(reader.GetString(0), reader.GetString(1), Measured.Text(reader.GetInt64(2) / (double)(_events + Singles)));
        _report.End();
    }

    /// <summary>A tenth of the workload into a fresh database, by one node and by two.</summary>
    private async Task TwoNodesAsync()
    {
        _report.Header("nodes on the same two cores", "batches of 1,000, events/s", "single events, events/s");
        foreach (var nodes in (int[])[1, 2])
        {
            using var database = new PostgresServer(Path.Combine(_folder, $"database-{nodes}"));
            var servers = new List<DomesdayServer>();
            try
            {
                for (var node = 0; node < nodes; node++) servers.Add(await DomesdayServer.StartAsync(Path.Combine(_folder, $"node-{nodes}-{node}"), database.ConnectionString, servers.FirstOrDefault()?.Key));
                var batches = await IngestBenchmark.BatchesAsync(servers, _lines, Math.Max(1, _lines.Batches / 10));
                var singles = await IngestBenchmark.SinglesAsync(servers, _generator, 0, Singles);
                _report.Row($"{nodes}", Report.Number(batches.PerSecond), Report.Number(singles.PerSecond));
            }
            finally
            {
                foreach (var server in servers) server.Dispose();
            }
        }
        _report.End();
    }

    private async Task QuestionsAsync(PostgresServer database, PostgresServer rival, PostgresLedger ledger)
    {
        using var meter = new Meter("bench");
        await using var store = await PostgresStore.OpenAsync(new() { ConnectionString = database.ConnectionString }, TimeProvider.System, NullLogger.Instance, meter, CancellationToken.None);
        foreach (var server in (PostgresServer[])[database, rival]) await SettleAsync(server);
        _report.Text($"**Questions**, both sides asked from one C# process, after {WarmUp} other ones of the kind that are not counted (plain table: where its answers take less than seconds); p50 / p99 ms. Before, both databases were vacuumed and had written everything back (`checkpoint`), and nothing was written any more. Asked: facets and histogram p99 of at most 50 ms, a first page at most 10 ms.");
        _report.Header("", "Domesday on PostgreSQL", "plain table");
        foreach (var question in new QueryBenchmark(store.Reader, ledger, _generator, _start, _start + 30 * 86_400_000_000L).Questions)
        {
            // A service that runs has been asked before, but not the same.
            for (var i = 0; i < WarmUp && question.RivalCalls >= WarmedCalls; i++) await question.AskRival(question.RivalCalls + i);
            for (var i = 0; i < WarmUp; i++) await question.Ask(question.Calls + i);
            var others = await Measured.RunAsync(question.RivalCalls, question.AskRival);
            var own = await Measured.RunAsync(question.Calls, question.Ask);
            _report.Row(question.Name, own.ToString(), others.ToString());
        }
        _report.End();
    }

    /// <summary>What upkeep and autovacuum come to in time, on both sides: without it the questions would be asked while both write back what they were just given.</summary>
    private static async Task SettleAsync(PostgresServer server)
    {
        await using var settle = new PostgresLedger(server.ConnectionString);
        await Task.Delay(TimeSpan.FromSeconds(10));
        await settle.RunAsync("vacuum analyze");
        while (await settle.QueryAsync("select from pg_stat_progress_vacuum") > 0) await Task.Delay(TimeSpan.FromSeconds(1));
        await settle.RunAsync("checkpoint");
    }

    private int Singles => Math.Min(40_000, _events);

    private void Row(string name, Rate own, Rate rival, string asked) => _report.Row(name, Report.Number(own.PerSecond), Report.Number(rival.PerSecond), Report.Ratio(own.PerSecond / rival.PerSecond), asked);
}
