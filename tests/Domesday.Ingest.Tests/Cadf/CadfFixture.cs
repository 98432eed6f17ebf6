using System.Text.Json.Nodes;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>What Keystone 22 and keystonemiddleware's audit filter sent.</summary>
internal static class CadfFixture
{
    /// <summary>One event on each line, in the order in which they were sent.</summary>
    public const string All = "all.ndjson";

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Cadf", "fixtures");

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>The bodies of messages as they stood in RabbitMQ.</summary>
    public static IReadOnlyList<string> Envelopes => [.. JsonNode.Parse(Bytes("rabbit-messagingv2-envelopes.json"))!.AsArray().Select(message => message![0]!.ToJsonString())];

    public static IReadOnlyList<JsonObject> Events => [.. File.ReadAllLines(Path.Combine(Folder, All)).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!.AsObject())];
}
