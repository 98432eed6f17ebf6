using Domesday.Storage.Embedded;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>The storage engines, by the name that the setting DOMESDAY_STORE gives them.</summary>
internal static class StoreCatalog
{
    /// <summary>Where the embedded store lies in the data folder.</summary>
    public const string EmbeddedFolder = "store";

    public static ValueTask<StorePair> OpenAsync(StoreContext context, CancellationToken cancellation) => ValueTask.FromResult(Embedded(context));

    private static StorePair Embedded(StoreContext context)
    {
        var store = EmbeddedStore.Open(Path.Combine(context.Settings.Data, EmbeddedFolder), new EngineOptions(), context.Time, context.Loggers.CreateLogger<EmbeddedStore>(), context.Meter);
        return new(store, store.Reader);
    }
}
