using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Key;

/// <summary>Shows keys as a table, or as JSON.</summary>
internal sealed class KeyView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void Show(ParseResult parse, IReadOnlyList<KeyInfo> keys)
    {
        if (TryWriteJson(parse, KeyJson.Default.KeyInfo, keys)) return;
        if (keys.Count == 0)
        {
            Console.Error.WriteLine("There are no keys.");
            return;
        }
        var table = new PeopleTable("ID", "NAME", "TENANT", "RIGHTS", "PROJECTS", "STATUS", "CREATED", "BY", "EXPIRES", "LAST USED");
        foreach (var key in keys)
        {
            table.Add(key.Id, key.Name, key.Tenant, string.Join(',', key.Rights), key.Projects is null ? "all" : string.Join(',', key.Projects), key.Status,
                PlainText.Of(key.CreatedAt), key.CreatedBy, PlainText.Of(key.ExpiresAt), PlainText.Of(key.LastUsedAt));
        }
        table.Write(Console);
    }

    /// <summary>The key alone on standard output, so that it can be taken into a variable.</summary>
    public Task ShowNewAsync(ParseResult parse, KeyInfo key)
    {
        Console.Out.WriteLine(IsJson(parse) ? JsonSerializer.Serialize(key, KeyJson.Default.KeyInfo) : key.Key);
        return Console.Error.WriteLineAsync($"Key {key.Id} ({PlainText.Of(key.Name)}) of tenant {key.Tenant} may {string.Join(", ", key.Rights)}. It is shown this once: keep it.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyInfo))]
internal sealed partial class KeyJson : JsonSerializerContext;
