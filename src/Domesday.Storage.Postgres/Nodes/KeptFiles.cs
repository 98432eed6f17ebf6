using Domesday.Core.Nodes;
using Npgsql;

namespace Domesday.Storage.Postgres.Nodes;

/// <summary>Files in the table <c>kept_file</c>.</summary>
internal sealed class KeptFiles(NpgsqlDataSource source) : IKeptFiles
{
    public byte[]? Read(string name)
    {
        byte[]? content = null;
        Run("select data from kept_file where name = $1", name, null, command => content = command.ExecuteScalar() as byte[]);
        return content;
    }

    public void Replace(string name, byte[] content) =>
        Run("insert into kept_file (name, data) values ($1, $2) on conflict (name) do update set data = excluded.data", name, content, command => command.ExecuteNonQuery());

    public void Append(string name, byte[] content) =>
        Run("insert into kept_file as f (name, data) values ($1, $2) on conflict (name) do update set data = f.data || excluded.data", name, content, command => command.ExecuteNonQuery());

    public void Delete(string name) => Run("delete from kept_file where name = $1", name, null, command => command.ExecuteNonQuery());

    private void Run(string sql, string name, byte[]? content, Action<NpgsqlCommand> execute)
    {
        try
        {
            using var command = source.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            if (content is not null) command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = content });
            execute(command);
        }
        catch (NpgsqlException exception)
        {
            throw new IOException($"The database does not keep {name} now.", exception);
        }
    }
}
