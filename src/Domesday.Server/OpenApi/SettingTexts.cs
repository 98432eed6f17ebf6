using Domesday.Core.Reports;
using static Domesday.Server.OpenApi.SharedParameters;

namespace Domesday.Server.OpenApi;

/// <summary>What a tenant is set to.</summary>
internal static class SettingTexts
{
    private const string Base = "/audit/v1";

    public static SurfaceText Surface { get; } = new("Settings", "Tenants, what is captured for them, and how long their events are kept.", "Problem",
        new($"GET {Base}/tenants", "Tenants that the caller knows of") { Answers = [AnswerText.Json("TenantList", "The tenants.")] },
        new($"GET {Base}/tenants/{{name}}", "One tenant") { Answers = [AnswerText.Json("Tenant", "The tenant.")] },
        new($"POST {Base}/tenants", "Make a tenant") { Bodies = [ContentText.Json("NewTenant")], Answers = [AnswerText.Json("Tenant", "It was made.", 201)] },
        new($"PATCH {Base}/tenants/{{name}}", "Change a tenant") { Parameters = [new("If-Match", null, "")], Bodies = [ContentText.Json("TenantChange")], Answers = [AnswerText.Json("Tenant", "As it is now.")] },
        new($"DELETE {Base}/tenants/{{name}}", "Disable a tenant") { Details = "Its events stay: an audit log is not thrown away with its owner.", Answers = [AnswerText.Json("Tenant", "As it is now.")] },
        new($"GET {Base}/views", "Saved questions") { Answers = [AnswerText.Json("ViewList", "Those that every tenant has, one's own, and those that others share.")] },
        new($"POST {Base}/views", "Save a question") { Bodies = [ContentText.Json("NewView")], Answers = [AnswerText.Json("View", "The view.", 201)] },
        new($"GET {Base}/views/{{id}}", "One saved question") { Answers = [AnswerText.Json("View", "The view.")] },
        new($"PATCH {Base}/views/{{id}}", "Change a saved question") { Parameters = [new("If-Match", null, "")], Bodies = [ContentText.Json("ViewChange")], Answers = [AnswerText.Json("View", "As it is now.")] },
        new($"DELETE {Base}/views/{{id}}", "Delete a saved question") { Answers = [AnswerText.Nothing("It is gone.")] },
        new($"GET {Base}/report/usage", "Who causes how many events")
        {
            Parameters = [.. Named(Filters), new("by", Form.Choice(UsageReading.SplitNames), "What the events are counted for; `project` without it."), new("resources", Form.Choice("true", "false"), "`false`: different resources are not counted, and nothing is read that takes long."), new("format", Form.Choice("json", "csv", "ndjson"), "`json` without it. `ndjson`: lines with `read` and `total` that say how far it is, and at last one with the `report`, or with the `problem`; leaving stops it.")],
            Answers = [new(200, "The figures.", ContentText.Json("Usage"), new ContentText("text/csv", null), new ContentText("application/x-ndjson", null))],
        },
        new($"GET {Base}/policies", "What is captured for the tenant")
        {
            Parameters = [new("wait", Form.Number(0, 60), "Seconds to wait for another version than `If-None-Match` names."), new("If-None-Match", Form.Text, "The version that is known.") { Place = ParameterPlace.Header }],
            Answers = [AnswerText.Json("Policy", "The policy, and its version."), new(304, "It is still that version.")],
        },
        new($"PUT {Base}/policies", "Set what is captured") { Parameters = [new("If-Match", null, "")], Bodies = [ContentText.Json("CapturePolicy")], Answers = [AnswerText.Json("Policy", "As it is now.")] },
        new($"GET {Base}/retention", "How long events are kept, and how that stands") { Answers = [AnswerText.Json("Retention", "The policy, and its state.")] },
        new($"PUT {Base}/retention", "Set how long events are kept") { Parameters = [new("If-Match", null, "")], Bodies = [ContentText.Json("NewRetention")], Answers = [AnswerText.Json("Retention", "As it is now.")] });
}
