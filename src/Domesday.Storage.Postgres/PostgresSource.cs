using Npgsql;

namespace Domesday.Storage.Postgres;

/// <summary>Makes the pool of connections.</summary>
internal static class PostgresSource
{
    public static NpgsqlDataSource Create(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "domesday", IncludeErrorDetail = false };
        // A cut network must be noticed before a lease runs out, not after the kernel's two hours.
        if (settings.KeepAlive == 0) settings.KeepAlive = 5;
        if (settings.Timeout == 15) settings.Timeout = 5;
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        return builder.Build();
    }
}
