using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>Retention goes on at another node when the one that sweeps is killed in the midst of it.</summary>
public sealed class SweepNodeTests
{
    private const int Tenants = 4;
    private const int Events = 200;

    private static readonly string DroppedTenants = string.Create(CultureInfo.InvariantCulture, $"select count(*) from ledger where name like 't_' and first >= {Events}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_killed_while_it_drops_what_is_old_is_followed_by_another_one_that_drops_the_rest()
    {
        await using var filled = await FilledAsync();
        // Who drops days of the last ledger waits for this; the others are dropped before it or after it.
        await using var held = await filled.OpenConnectionAsync(Cancellation);
        await using (var hold = new NpgsqlCommand($"select pg_advisory_lock({(int)(Migrations.LockKey >> 32)}, max(id)) from ledger where name like 't_'", held)) await hold.ExecuteNonQueryAsync(Cancellation);
        await using var first = await ServiceNode.StartAsync(filled.ConnectionString);
        while (await AskAsync(filled, "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") == 0) await Task.Delay(20, Cancellation);
        await using var second = await ServiceNode.StartAsync(filled.ConnectionString);
        first.Kill();
        await using (var release = new NpgsqlCommand("select pg_advisory_unlock_all()", held)) await release.ExecuteNonQueryAsync(Cancellation);
        while (await AskAsync(filled, DroppedTenants) < Tenants) await Task.Delay(50, Cancellation);
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            var total = (await second.GetAsync($"/audit/v1/events?tenant=t{tenant}&service=load&limit=1&total=true", Cancellation)).GetProperty("total").GetInt64();
            Assert.Equal(0, total);
        }
        Assert.Equal(0, await AskAsync(filled, "select count(*) from ledger_day join ledger on ledger.id = ledger and name like 't_' and ledger_day.size <= ledger.first"));
    }

    [Fact]
    public async Task What_the_database_refused_to_drop_is_dropped_soon_and_not_with_the_next_hour()
    {
        await using var filled = await FilledAsync();
        // As when two transactions wait for each other.
        await AskAsync(filled, "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '40P01'; end $$");
        await AskAsync(filled, "create trigger refuse before delete on ledger_day for each row execute function refuse()");
        await using var node = await ServiceNode.StartAsync(filled.ConnectionString);
        while (!node.Log.Contains("could not be enforced: The database cannot do it now: it answered 40P01.", StringComparison.Ordinal)) await Task.Delay(50, Cancellation);
        await AskAsync(filled, "drop trigger refuse on ledger_day");
        while (await AskAsync(filled, DroppedTenants) < Tenants) await Task.Delay(50, Cancellation);
    }

    /// <returns>Null counts as 0.</returns>
    private static async Task<long> AskAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation) as long? ?? 0;
    }

    /// <summary>A database in which three weeks ago events of some tenants arrived, that are to be kept for five days.</summary>
    private static async Task<NpgsqlDataSource> FilledAsync()
    {
        Assert.SkipUnless(File.Exists(ServiceNode.Binary), "The service is not built.");
        Assert.SkipWhen(ServiceNode.FakeTimeLibrary is null, "Other times of day need apt-get install faketime");
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        var source = NpgsqlDataSource.Create(database);
        var then = TimeProvider.System.GetUtcNow().Date.AddDays(-21).AddHours(12);
        await using var node = await ServiceNode.StartAsync(database, fakeTime: string.Create(CultureInfo.InvariantCulture, $"@{then:yyyy-MM-dd HH:mm:ss}"));
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            using var made = await node.Http.PostAsJsonAsync("/audit/v1/tenants", new Dictionary<string, object> { ["name"] = $"t{tenant}", ["retention_days"] = 5 }, Cancellation);
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Cancellation));
            var lines = string.Join('\n', Enumerable.Range(0, Events).Select(number => $$"""{"id":"e{{number}}","action":"create","service":"load"}"""));
            using var sent = await node.Http.PostAsync($"/audit/v1/events?tenant=t{tenant}", new StringContent(lines, Encoding.UTF8, "application/x-ndjson"), Cancellation);
            Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync(Cancellation));
        }
        while (await AskAsync(source, $"select count(*) from checkpoint join ledger on ledger.name = checkpoint.ledger where ledger.name like 't_' and checkpoint.size = ledger.size and ledger.size >= {Events}") < Tenants) await Task.Delay(50, Cancellation);
        Assert.DoesNotContain("Timeout", node.Log, StringComparison.Ordinal);
        await node.StopAsync();
        return source;
    }
}
