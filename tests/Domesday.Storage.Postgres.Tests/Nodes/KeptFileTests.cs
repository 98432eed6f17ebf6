using System.Diagnostics.Metrics;
using Domesday.Core.Nodes;
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
        Assert.Null(other.KeptByForwarding.Read("cursor"));
        one.KeptByForwarding.Replace("cursor", [1, 2]);
        Assert.Equal([1, 2], other.KeptByForwarding.Read("cursor"));
        one.KeptByForwarding.Replace("cursor", [3]);
        other.KeptByForwarding.Append("cursor", [4, 5]);
        one.KeptByForwarding.Append("new", [6]);
        Assert.Equal([3, 4, 5], one.KeptByForwarding.Read("cursor"));
        Assert.Equal([6], other.KeptByForwarding.Read("new"));
        other.KeptByForwarding.Delete("cursor");
        Assert.Null(one.KeptByForwarding.Read("cursor"));
    }

    [Fact]
    public async Task Who_lost_the_work_to_another_node_changes_nothing_of_it_any_more()
    {
        var database = await (await SharedServer.Server).NewDatabaseAsync();
        using var meter = new Meter("test");
        await using var one = await PostgresStore.OpenAsync(new() { ConnectionString = database, Lanes = 1 }, TimeProvider.System, NullLogger.Instance, meter, Cancellation);
        await using var other = await PostgresStore.OpenAsync(new() { ConnectionString = database, Lanes = 1 }, TimeProvider.System, NullLogger.Instance, meter, Cancellation);
        while (!other.Nodes.Holds(Work.Forwarding)) await Task.Delay(20, Cancellation);
        other.KeptByForwarding.Replace("cursor", [1]);
        Assert.Throws<IOException>(() => one.KeptByForwarding.Replace("cursor", [2]));
        Assert.Throws<IOException>(() => one.KeptByForwarding.Append("cursor", [2]));
        one.KeptByForwarding.Delete("cursor");
        Assert.Equal([1], one.KeptByForwarding.Read("cursor"));
        one.KeptByAlerts.Replace("cursor", [3]);
        one.AskedOfForwarding.Replace("cursor", [4]);
        Assert.Equal(["cursor"], other.KeptByForwarding.Names);
        Assert.Equal(["cursor"], other.KeptByAlerts.Names);
        Assert.Equal([1], other.KeptByForwarding.Read("cursor"));
        Assert.Equal([3], other.KeptByAlerts.Read("cursor"));
        Assert.Equal([4], other.AskedOfForwarding.Read("cursor"));
    }
}
