using Domesday.Server.Settings;
using Domesday.Storage.Embedded;
using Domesday.Storage.Postgres;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>The storage engines, by the name that the setting DOMESDAY_STORE gives them.</summary>
internal static class StoreCatalog
{
    /// <summary>Where the embedded store lies in the data folder.</summary>
    public const string EmbeddedFolder = "store";

    public static ValueTask<StorePair> OpenAsync(StoreContext context, CancellationToken cancellation) =>
        context.Settings.Store == SettingCatalog.PostgresStore ? PostgresAsync(context, cancellation) : ValueTask.FromResult(Embedded(context));

    private static async ValueTask<StorePair> PostgresAsync(StoreContext context, CancellationToken cancellation)
    {
        var settings = context.Settings;
        var options = new PostgresOptions { ConnectionString = settings.Postgres!, ReadConnectionString = settings.PostgresRead, Buckets = settings.PostgresBuckets, BucketsFrom = settings.PostgresBucketsFrom };
        var store = await PostgresStore.OpenAsync(options, context.Time, context.Loggers.CreateLogger<PostgresStore>(), context.Meter, cancellation);
        return new(store, store.Reader) { Nodes = store.Nodes, Checkpoints = store.Checkpoints, Files = store.Files, KeptByForwarding = store.KeptByForwarding, KeptByAlerts = store.KeptByAlerts, KeptBySealing = store.KeptBySealing, AskedOfForwarding = store.AskedOfForwarding };
    }

    private static StorePair Embedded(StoreContext context)
    {
        var store = EmbeddedStore.Open(Path.Combine(context.Settings.Data, EmbeddedFolder), new EngineOptions(), context.Time, context.Loggers.CreateLogger<EmbeddedStore>(), context.Meter);
        return new(store, store.Reader);
    }
}
