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
        // A network that swallows everything is noticed by nothing but this; no statement takes so long.
        if (settings.CommandTimeout == 30) settings.CommandTimeout = 10;
        if (settings.TcpKeepAliveTime == 0) (settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (5, 1);
        // The same few statements again and again: planning them takes longer than most of their answers.
        if (settings.MaxAutoPrepare == 0) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (64, 3);
        // Columns of blocks have tens of kilobytes; in pieces of eight they took more time to read than to decide about.
        if (settings.ReadBufferSize == 8_192) settings.ReadBufferSize = 65_536;
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        return builder.Build();
    }
}
