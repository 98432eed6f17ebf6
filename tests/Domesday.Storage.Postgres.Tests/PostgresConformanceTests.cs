using System.Diagnostics.Metrics;
using Domesday.Storage.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Postgres.Tests;

/// <summary>The engine on PostgreSQL keeps every promise of a store, whatever is done to its tables meanwhile.</summary>
internal static class PostgresConformanceTests
{
    /// <param name="buckets">Over so many every ledger is spread.</param>
    internal sealed class Factory(int buckets = 0) : IStoreFactory
    {
        private readonly Meter _meter = new("test");
        private TimeProvider _time = TimeProvider.System;
        private string? _database;

        public async ValueTask<StoreUnderTest> OpenAsync(TimeProvider time)
        {
            _time = time;
            _database = await (await SharedServer.Server).NewDatabaseAsync();
            return await OpenAsync();
        }

        /// <summary>Opens the store again, as another node would, or joins blocks and roll-ups.</summary>
        public async ValueTask<StoreUnderTest> DisturbAsync(StoreUnderTest store, Random random)
        {
            ArgumentNullException.ThrowIfNull(store);
            ArgumentNullException.ThrowIfNull(random);
            if (random.Next(2) == 0) await ((PostgresStore)store.Store).JoinAsync(TestContext.Current.CancellationToken);
            if (random.Next(2) == 0) await ((PostgresStore)store.Store).TidyAsync(TestContext.Current.CancellationToken);
            if (random.Next(3) != 0) return store;
            await store.Store.DisposeAsync();
            return await OpenAsync();
        }

        public ValueTask DisposeAsync()
        {
            _meter.Dispose();
            return ValueTask.CompletedTask;
        }

        private async ValueTask<StoreUnderTest> OpenAsync()
        {
            // So few that differential tests meet roll-ups, and what is not in them yet.
            var options = new PostgresOptions { ConnectionString = _database!, RollUpAfter = 50, BlockEvents = 40, Lanes = 2, Buckets = buckets, BucketsFrom = 0, BucketStripeEvents = 100 };
            var store = await PostgresStore.OpenAsync(options, _time, NullLogger.Instance, _meter, TestContext.Current.CancellationToken);
            return new(store, store.Reader);
        }
    }
}

public sealed class PostgresAppendTests() : AppendConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresAttachmentTests() : AttachmentConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresDifferentialTests() : DifferentialConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresFacetTests() : FacetConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresFilterTests() : FilterConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresPageTests() : PageConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresScopeTests() : ScopeConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresDropTests() : DropConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresErasureTests() : ErasureConformance(new PostgresConformanceTests.Factory());

/// <summary>Beside the others: what lies in buckets is found, counted and dropped as what does not.</summary>
public sealed class PostgresBucketDifferentialTests() : DifferentialConformance(new PostgresConformanceTests.Factory(buckets: 3));

public sealed class PostgresBucketAttachmentTests() : AttachmentConformance(new PostgresConformanceTests.Factory(buckets: 3));

public sealed class PostgresBucketDropTests() : DropConformance(new PostgresConformanceTests.Factory(buckets: 3));

public sealed class PostgresBucketErasureTests() : ErasureConformance(new PostgresConformanceTests.Factory(buckets: 3));

public sealed class PostgresBucketTreeTests() : TreeConformance(new PostgresConformanceTests.Factory(buckets: 3));

public sealed class PostgresTreeTests() : TreeConformance(new PostgresConformanceTests.Factory());

public sealed class PostgresWaitTests() : WaitConformance(new PostgresConformanceTests.Factory());
