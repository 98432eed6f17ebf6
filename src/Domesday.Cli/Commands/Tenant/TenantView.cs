using System.CommandLine;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Tenant;

/// <summary>Shows tenants as a table, or as JSON.</summary>
internal sealed class TenantView(CliConsole console, Command command) : AnswerView(console, command)
{
    public void Show(ParseResult parse, IReadOnlyList<TenantInfo> tenants)
    {
        if (TryWriteJson(parse, TenantJson.Default.TenantInfo, tenants)) return;
        var table = new PeopleTable("NAME", "TITLE", "#EVENTS", "CREATED", "STATE");
        foreach (var tenant in tenants)
        {
            table.Add(tenant.Name, tenant.Title, PlainText.Of(tenant.Events), PlainText.Of(tenant.CreatedAt), tenant.DisabledAt is { } time ? $"disabled {PlainText.Of(time)}" : "active");
        }
        table.Write(Console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TenantInfo))]
internal sealed partial class TenantJson : JsonSerializerContext;
