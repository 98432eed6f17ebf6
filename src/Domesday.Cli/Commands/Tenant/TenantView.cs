using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Tenant;

/// <summary>Shows tenants as a table, or as JSON.</summary>
internal sealed class TenantView
{
    private readonly Option<bool> _json = new("--json") { Description = "Each tenant as a JSON object on a line." };
    private readonly CliConsole _console;

    public TenantView(CliConsole console, Command command)
    {
        _console = console;
        command.Options.Add(_json);
        Connection = new ConnectionOptions(console).AddTo(command);
    }

    public ConnectionOptions Connection { get; }

    public void Show(ParseResult parse, IReadOnlyList<TenantInfo> tenants)
    {
        if (parse.GetValue(_json))
        {
            foreach (var tenant in tenants) _console.Out.WriteLine(JsonSerializer.Serialize(tenant, TenantJson.Default.TenantInfo));
            return;
        }
        var table = new PeopleTable("NAME", "TITLE", "#EVENTS", "CREATED", "STATE");
        foreach (var tenant in tenants)
        {
            table.Add(tenant.Name, tenant.Title, PlainText.Of(tenant.Events), PlainText.Of(tenant.CreatedAt), tenant.DisabledAt is { } time ? $"disabled {PlainText.Of(time)}" : "active");
        }
        table.Write(_console);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TenantInfo))]
internal sealed partial class TenantJson : JsonSerializerContext;
