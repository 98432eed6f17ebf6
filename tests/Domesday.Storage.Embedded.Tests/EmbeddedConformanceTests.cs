using System.Diagnostics.Metrics;
using Domesday.Storage.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>The embedded engine keeps every promise of a store, whatever it does with its files meanwhile.</summary>
internal static class EmbeddedConformanceTests
{
    internal sealed class Factory : IStoreFactory
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("domesday-").FullName;
        private readonly Meter _meter = new("test");
        private TimeProvider _time = TimeProvider.System;

        public ValueTask<StoreUnderTest> OpenAsync(TimeProvider time)
        {
            _time = time;
            return ValueTask.FromResult(Open());
        }

        /// <summary>Closes the store and opens it again, with limits so small that segments are made and merged all the time.</summary>
        public async ValueTask<StoreUnderTest> DisturbAsync(StoreUnderTest store, Random random)
        {
            if (random.Next(4) != 0) return store;
            await store.Store.DisposeAsync();
            return Open();
        }

        public ValueTask DisposeAsync()
        {
            _meter.Dispose();
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        private StoreUnderTest Open()
        {
            var options = new EngineOptions { GenerationEventsMax = 40, MergeFanIn = 3, SegmentRowsMax = 500, FreeBytesMin = 1 << 20, CacheBytesMax = 1 << 20, OpenFilesMax = 4, OwnFileBytesMin = 20_000 };
            var store = EmbeddedStore.Open(_folder, options, _time, NullLogger.Instance, _meter);
            return new(store, store.Reader);
        }
    }
}

public sealed class EmbeddedAppendTests() : AppendConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedAttachmentTests() : AttachmentConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedDifferentialTests() : DifferentialConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedFacetTests() : FacetConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedFilterTests() : FilterConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedPageTests() : PageConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedScopeTests() : ScopeConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedDropTests() : DropConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedErasureTests() : ErasureConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedTreeTests() : TreeConformance(new EmbeddedConformanceTests.Factory());

public sealed class EmbeddedWaitTests() : WaitConformance(new EmbeddedConformanceTests.Factory());
