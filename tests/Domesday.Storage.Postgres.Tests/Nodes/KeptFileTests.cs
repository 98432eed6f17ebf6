using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Postgres.Tests.Nodes;

/// <summary>What one node keeps, the node that takes its work over finds.</summary>
public sealed class KeptFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_replaced_added_to_and_deleted_for_all_nodes()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        using var meter = new Meter("test");
        await using var one = await PostgresStore.OpenAsync(new() { ConnectionString = database, Lanes = 1 }, TimeProvider.System, NullLogger.Instance, meter, Cancellation);
        await using var other = await PostgresStore.OpenAsync(new() { ConnectionString = database, Lanes = 1 }, TimeProvider.System, NullLogger.Instance, meter, Cancellation);
        Assert.Null(other.Kept.Read("cursor"));
        one.Kept.Replace("cursor", [1, 2]);
        Assert.Equal([1, 2], other.Kept.Read("cursor"));
        one.Kept.Replace("cursor", [3]);
        other.Kept.Append("cursor", [4, 5]);
        one.Kept.Append("new", [6]);
        Assert.Equal([3, 4, 5], one.Kept.Read("cursor"));
        Assert.Equal([6], other.Kept.Read("new"));
        other.Kept.Delete("cursor");
        Assert.Null(one.Kept.Read("cursor"));
    }
}
