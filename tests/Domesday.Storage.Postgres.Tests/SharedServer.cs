using Domesday.Storage.Postgres.Tests;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace Domesday.Storage.Postgres.Tests;

/// <summary>One PostgreSQL for all tests that do not harm it; each has a database of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static readonly Lazy<Task<PostgresServer>> Started = new(() => PostgresServer.StartAsync());

    public static Task<PostgresServer> Server
    {
        get
        {
            Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed: apt-get install postgresql-15");
            return Started.Value;
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Started.IsValueCreated) await (await Started.Value).DisposeAsync();
    }
}
