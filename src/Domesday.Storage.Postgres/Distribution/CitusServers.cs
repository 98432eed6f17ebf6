using System.Text.RegularExpressions;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Distribution;

/// <summary>Citus: every table with a column <c>ledger</c> is distributed by it, all of a ledger on one server, so that its transactions stay there. The others stay with the coordinator.</summary>
/// <remarks>See docs/adr/0041-citus.md. Which ledger lies where is Citus' own business: its rebalancer moves them while the service runs.</remarks>
internal sealed partial class CitusServers : IDistribution
{
    /// <summary>The table that the others are laid beside.</summary>
    private const string First = "event_id";

    public int Buckets => 8;

    /// <summary>The tables to distribute, out of the schema's own files.</summary>
    public static IReadOnlyList<string> Tables(IEnumerable<Migration> schema)
    {
        var tables = schema.SelectMany(migration => TableText().Matches(migration.Sql)).Where(table => LedgerColumn().IsMatch(table.Groups[2].Value)).Select(table => table.Groups[1].Value).ToList();
        return [First, .. tables.Where(table => table != First)];
    }

    public async ValueTask ApplyAsync(NpgsqlConnection connection, IReadOnlyList<Migration> schema, CancellationToken cancellation)
    {
        foreach (var table in Tables(schema))
        {
            var beside = table == First ? "" : $", colocate_with => '{First}'";
            await using var command = new NpgsqlCommand($"select create_distributed_table('{table}', 'ledger'{beside}) where not exists (select from pg_dist_partition where logicalrelid = '{table}'::regclass)", connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    [GeneratedRegex(@"^create table (\w+) \((.*?)^\)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex TableText();

    [GeneratedRegex(@"^  ledger int\b", RegexOptions.Multiline)]
    private static partial Regex LedgerColumn();
}
