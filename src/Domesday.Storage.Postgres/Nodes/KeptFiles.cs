using Domesday.Core.Nodes;
using Npgsql;

namespace Domesday.Storage.Postgres.Nodes;

/// <summary>Files of one kind of work in the table <c>kept_file</c>. While another node holds the work's lease they are not changed: who lost it without noticing must not put its successor back.</summary>
/// <param name="work">One of <see cref="Work"/>; null: every node may change them.</param>
/// <param name="folder">What the names of this work begin with.</param>
internal sealed class KeptFiles(NpgsqlDataSource source, string? work, string folder, Guid node) : IKeptFiles
{
    /// <summary>Whether this node may write. The lock on the lease's row makes a successor wait until it is written.</summary>
    private const string Fence = "with held as materialized (select holder, expires from lease where name = $1 for share), other as (select from held where holder <> $2 and expires > clock_timestamp()) ";

    public IReadOnlyList<string> Names => Run("the list of files", () =>
    {
        using var command = source.CreateCommand(folder.Length > 0 ? "select name from kept_file where starts_with(name, $1) order by name" : "select name from kept_file where position('/' in name) = 0 order by name");
        if (folder.Length > 0) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = folder });
        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read()) names.Add(reader.GetString(0)[folder.Length..]);
        return names;
    });

    public byte[]? Read(string name) => Run(name, () =>
    {
        using var command = source.CreateCommand("select data from kept_file where name = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = folder + name });
        return command.ExecuteScalar() as byte[];
    });

    public void Replace(string name, byte[] content) =>
        Write(name, content, "insert into kept_file (name, data) select $3, $4 where not exists (select from other) on conflict (name) do update set data = excluded.data");

    public void Append(string name, byte[] content) =>
        Write(name, content, "insert into kept_file as f (name, data) select $3, $4 where not exists (select from other) on conflict (name) do update set data = f.data || excluded.data");

    public void Delete(string name) => Run(name, () => Fenced("delete from kept_file where name = $3 and not exists (select from other)", name, null));

    private void Write(string name, byte[] content, string sql)
    {
        if (Run(name, () => Fenced(sql, name, content)) == 0) throw new IOException($"Another node does the {work} now.");
    }

    private int Fenced(string sql, string name, byte[]? content)
    {
        using var command = source.CreateCommand(Fence + sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = work ?? "" });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = node });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = folder + name });
        if (content is not null) command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = content });
        return command.ExecuteNonQuery();
    }

    private static T Run<T>(string name, Func<T> execute)
    {
        try
        {
            return execute();
        }
        catch (NpgsqlException exception)
        {
            throw new IOException($"The database does not keep {name} now.", exception);
        }
    }
}
