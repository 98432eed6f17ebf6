using System.Text.Json.Nodes;

namespace Domesday.Browser.Tests;

/// <summary>Events that somebody made to harm those who look at them, and one with a change.</summary>
internal static class Hostile
{
    public const string Script = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
    public const string Reversed = "invoice\u202Egpj.exe";
    public const string Formula = "=HYPERLINK(\"http://elsewhere.example\",\"click\")";

    public static string Event { get; } = new JsonObject
    {
        ["id"] = "hostile-1",
        ["action"] = "create",
        ["service"] = "hostile",
        ["actor"] = new JsonObject { ["type"] = "user", ["name"] = Script, ["id"] = Formula },
        ["resource"] = new JsonObject { ["type"] = "file", ["name"] = Reversed, ["id"] = "\"><svg onload=alert(1)>" },
        ["source"] = new JsonObject { ["ip"] = "192.0.2.66", ["user_agent"] = new string('A', 10_000) },
        ["outcome"] = new JsonObject { ["result"] = "failure", ["reason"] = "</pre></main><script>document.title='owned'</script>" },
        ["request"] = new JsonObject { ["body"] = new JsonObject { ["name"] = Script, ["hidden"] = "a\u200Bb" } },
        ["labels"] = new JsonObject { [Script] = "javascript:alert(1)" },
    }.ToJsonString();

    public static string Change { get; } = new JsonObject
    {
        ["id"] = "change-1",
        ["action"] = "update",
        ["service"] = "network",
        ["actor"] = new JsonObject { ["type"] = "user", ["name"] = "grace", ["id"] = "u-1007" },
        ["resource"] = new JsonObject { ["type"] = "security_group", ["name"] = "web-front", ["id"] = "sg-77" },
        ["outcome"] = new JsonObject { ["result"] = "success", ["status"] = 200 },
        ["scope"] = new JsonObject { ["project"] = new JsonObject { ["id"] = "p-web", ["name"] = "web" } },
        ["change"] = new JsonObject
        {
            ["before"] = new JsonObject { ["rules"] = new JsonArray(new JsonObject { ["port"] = 443, ["from"] = "10.0.0.0/8" }), ["name"] = "web-front" },
            ["after"] = new JsonObject { ["rules"] = new JsonArray(new JsonObject { ["port"] = 443, ["from"] = "0.0.0.0/0" }), ["name"] = "web-front", ["open"] = true },
        },
        ["request"] = new JsonObject { ["id"] = "req-77", ["method"] = "PUT", ["uri"] = "/v2.0/security-groups/sg-77" },
    }.ToJsonString();
}
