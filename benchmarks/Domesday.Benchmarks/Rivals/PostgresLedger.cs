using Domesday.Benchmarks.Workload;
using Domesday.Events;
using Npgsql;
using NpgsqlTypes;

namespace Domesday.Benchmarks.Rivals;

/// <summary>What a user would pick instead: one table in daily partitions, with the indexes that the queries need.</summary>
public sealed class PostgresLedger(string connectionString) : IAsyncDisposable
{
    private const string Columns = "time, cluster, region, domain, project, service, action, resource_type, resource_id, resource_name, result, actor_type, actor_id, actor_name, source_ip, user_agent, method, path, status, request_id, body";

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    public async Task CreateAsync(long start)
    {
        await RunAsync($"""
            create table events (sequence bigserial, time timestamptz not null, cluster text, region text, domain text, project uuid, service text, action text, resource_type text,
              resource_id uuid, resource_name text, result text, actor_type text, actor_id uuid, actor_name text, source_ip inet, user_agent text, method text, path text, status int,
              request_id uuid, body text) partition by range (time);
            create index on events (time, sequence); create index on events (project, time); create index on events (action, resource_type, time);
            create index on events (resource_id, time); create index on events (source_ip, time);
            """);
        for (var day = 0; day < 32; day++)
        {
            var from = new Timestamp(start + day * 86_400_000_000L).ToDateTimeOffset();
            await RunAsync($"create table events_{day} partition of events for values from ('{from:O}') to ('{from.AddDays(1):O}')");
        }
    }

    public Task SettleAsync() => RunAsync("vacuum analyze events");

    public async Task CopyAsync(byte[] batch)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy events ({Columns}) from stdin (format binary)");
        await copy.WriteAsync(batch);
    }

    /// <summary>Inserts rows one by one, each its own transaction, until told to stop.</summary>
    public async Task<int> InsertAsync(Func<WorkloadEvent?> next)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"insert into events ({Columns}) values ({string.Join(", ", Enumerable.Range(1, 21).Select(i => $"${i}"))})", connection);
        for (var i = 0; i < 21; i++) command.Parameters.Add(new NpgsqlParameter());
        NpgsqlDbType[] types =
        [
            NpgsqlDbType.TimestampTz, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text,
            NpgsqlDbType.Text, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Inet, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Uuid, NpgsqlDbType.Text,
        ];
        for (var i = 0; i < 21; i++) command.Parameters[i].NpgsqlDbType = types[i];
        await Fill(command, next()!.Value).PrepareAsync();
        var count = 0;
        for (; next() is { } item; count++) await Fill(command, item).ExecuteNonQueryAsync();
        return count;
    }

    /// <summary>Runs a query and reads every row of it.</summary>
    /// <returns>How many rows.</returns>
    public async Task<int> QueryAsync(string sql, params object[] parameters)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync())
        {
            reader.GetValues(values);
            rows++;
        }
        return rows;
    }

    public async Task RunAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlCommand Fill(NpgsqlCommand command, in WorkloadEvent item)
    {
        object[] values =
        [
            new Timestamp(item.TimeMicroseconds).ToDateTimeOffset(), item.Cluster, item.Region, item.Domain, item.Project, item.Service, item.Action, item.ResourceType, item.ResourceId, item.ResourceName, item.Result,
            item.ActorType, item.ActorId, item.ActorName, System.Net.IPAddress.Parse(item.SourceIp), item.UserAgent, item.Method, item.Path, item.Status, item.RequestId, item.Body ?? (object)DBNull.Value,
        ];
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command;
    }
}
