using Domesday.Storage.Conformance;
using Domesday.TestKit;

namespace Domesday.Storage.Memory.Tests;

/// <summary>The model passes the suite that it is the measure of.</summary>
internal static class MemoryStoreTests
{
    internal sealed class Factory : IStoreFactory
    {
        public ValueTask<StoreUnderTest> OpenAsync(TimeProvider time)
        {
            var store = new MemoryStore(time);
            return ValueTask.FromResult(new StoreUnderTest(store, store));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

public sealed class MemoryAppendTests() : AppendConformance(new MemoryStoreTests.Factory());

public sealed class MemoryAttachmentTests() : AttachmentConformance(new MemoryStoreTests.Factory());

public sealed class MemoryDifferentialTests() : DifferentialConformance(new MemoryStoreTests.Factory());

public sealed class MemoryFacetTests() : FacetConformance(new MemoryStoreTests.Factory());

public sealed class MemoryFilterTests() : FilterConformance(new MemoryStoreTests.Factory());

public sealed class MemoryPageTests() : PageConformance(new MemoryStoreTests.Factory());

public sealed class MemoryScopeTests() : ScopeConformance(new MemoryStoreTests.Factory());

public sealed class MemoryDropTests() : DropConformance(new MemoryStoreTests.Factory());

public sealed class MemoryErasureTests() : ErasureConformance(new MemoryStoreTests.Factory());

public sealed class MemoryTreeTests() : TreeConformance(new MemoryStoreTests.Factory());

public sealed class MemoryWaitTests() : WaitConformance(new MemoryStoreTests.Factory());
