using System.Diagnostics.Metrics;
using Domesday.Storage.Conformance;
using Domesday.Storage.Postgres.Schema;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Domesday.Storage.Postgres.Tests;

/// <summary>The schema goes forward only, once, however many nodes start.</summary>
public sealed class MigrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_start_at_the_same_time_make_the_schema_once()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync(database)));
        await Task.WhenAll(stores.Select((store, node) => store.AppendAsync("acme", PendingBatches.Of("acme", TimeProvider.System.GetUtcNow(), [new() { Id = $"{node}", Action = "create" }]), Cancellation).AsTask()));
        foreach (var store in stores) await store.DisposeAsync();
        await using var source = NpgsqlDataSource.Create(database);
        await using var applied = source.CreateCommand("select count(*) from schema_migration");
        Assert.Equal((long)Migrations.All.Count, await applied.ExecuteScalarAsync(Cancellation));
        await using var size = source.CreateCommand("select size from ledger where name = 'acme'");
        Assert.Equal(8L, await size.ExecuteScalarAsync(Cancellation));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        await (await OpenAsync(database)).DisposeAsync();
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("insert into schema_migration (number, name) values (900, '900_from_the_future')");
        await command.ExecuteNonQueryAsync(Cancellation);
        var refused = await Assert.ThrowsAsync<IOException>(() => OpenAsync(database));
        Assert.Contains("900", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_are_numbered_without_gaps() => Assert.Equal(Enumerable.Range(1, Migrations.All.Count), Migrations.All.Select(migration => migration.Number));

    private static async Task<PostgresStore> OpenAsync(string database)
    {
        var meter = new Meter("test");
        return await PostgresStore.OpenAsync(new() { ConnectionString = database, Lanes = 2 }, TimeProvider.System, NullLogger.Instance, meter, Cancellation);
    }
}
