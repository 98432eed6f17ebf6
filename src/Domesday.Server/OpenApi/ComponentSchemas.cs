using System.Text.Json.Nodes;
using Domesday.Server.Api;
using Domesday.Server.Operations;

namespace Domesday.Server.OpenApi;

/// <summary>Every schema that the description refers to: of the event from its list of fields, of answers from their types, and of all others from <c>schemas.json</c>.</summary>
internal static class ComponentSchemas
{
    private const string Written = "openapi/schemas";

    public static IEnumerable<(string Name, JsonObject Schema)> All() =>
    [
        .. EventSchemaForm.All(),
        .. BodySchemas.Of(
            AccessJson.Default.UserListBody, AccessJson.Default.ApplicationListBody, AccessJson.Default.GrantListBody, AccessJson.Default.RoleListBody, AccessJson.Default.MeBody,
            AdministrationJson.Default.TenantListBody, AdministrationJson.Default.KeyListBody, CertificateJson.Default.CertificateListBody, SessionJson.Default.SessionBody, ViewerTokenJson.Default.ViewerTokenBody, ViewerTokenJson.Default.ViewerTokenListBody,
            PolicyJson.Default.PolicyBody, RetentionJson.Default.RetentionBody, HoldJson.Default.HoldListBody, ErasureJson.Default.ErasureListBody, ErasureJson.Default.ErasurePreviewBody, SinkJson.Default.SinkListBody, SinkJson.Default.SinkTypesBody, SinkJson.Default.SinkTestBody,
            SinkJson.Default.SinkReplayBody, SinkJson.Default.RejectedListBody, SinkJson.Default.DiscardedBody, ReportJson.Default.ReportListBody, ReportJson.Default.ReportSentBody, AlertBodyJson.Default.AlertListBody, AlertBodyJson.Default.StockAlertsBody,
            ViewJson.Default.ViewListBody, UsageJson.Default.UsageBody, VerificationJson.Default.VerificationBody, WitnessBodyJson.Default.WitnessListBody, LogJson.Plain.InclusionBody, LogJson.Plain.ConsistencyBody, JwksJson.Default.JwksBody),
        .. Read(),
    ];

    private static IEnumerable<(string Name, JsonObject Schema)> Read()
    {
        using var file = typeof(ComponentSchemas).Assembly.GetManifestResourceStream(Written) ?? throw new InvalidOperationException($"{Written} is not in the assembly.");
        return [.. JsonNode.Parse(file)!.AsObject().Select(schema => (schema.Key, schema.Value!.DeepClone().AsObject()))];
    }
}
