using Domesday.Core.Storage;

namespace Domesday.Storage.Conformance;

/// <summary>Opens the engine that the suite is run on. One factory serves one test, and is disposed after the store.</summary>
public interface IStoreFactory : IAsyncDisposable
{
    /// <summary>Opens an empty store.</summary>
    /// <param name="time">What the store takes the time of day from; its timers are real ones.</param>
    ValueTask<StoreUnderTest> OpenAsync(TimeProvider time);

    /// <summary>
    /// Called between appends by tests that must not notice how the store keeps its events: an engine may seal what is in memory,
    /// merge segments, or close the store and open it again.
    /// </summary>
    /// <param name="random">Decides what is done, so that a seed repeats it.</param>
    /// <returns>The store to go on with.</returns>
    ValueTask<StoreUnderTest> DisturbAsync(StoreUnderTest store, Random random) => ValueTask.FromResult(store);
}

/// <summary>An engine's two sides.</summary>
public sealed record StoreUnderTest(IEventStore Store, IEventReader Reader);
