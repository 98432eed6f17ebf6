using Domesday.Storage.Postgres.Schema;
using Npgsql;

namespace Domesday.Storage.Postgres.Distribution;

/// <summary>How the tables are laid over database servers.</summary>
internal interface IDistribution
{
    /// <summary>Into how many buckets a large ledger is spread unless somebody wants another number.</summary>
    int Buckets { get; }

    /// <summary>Lays out the tables that are not laid out yet. Runs after the migrations, under the same lock.</summary>
    ValueTask ApplyAsync(NpgsqlConnection connection, IReadOnlyList<Migration> schema, CancellationToken cancellation);
}

/// <summary>One server has everything.</summary>
internal sealed class OneServer : IDistribution
{
    public int Buckets => 0;

    public ValueTask ApplyAsync(NpgsqlConnection connection, IReadOnlyList<Migration> schema, CancellationToken cancellation) => ValueTask.CompletedTask;
}
