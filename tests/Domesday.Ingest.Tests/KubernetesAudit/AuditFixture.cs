using System.Text;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Ingest.Tests.KubernetesAudit;

/// <summary>What a kube-apiserver 1.32 posted, and the way back from a stored event to what was posted.</summary>
internal static class AuditFixture
{
    private static readonly string[] OwnLabels = ["stage", "api_group", "api_version", "resource_version"];

    public static TheoryData<string> Names => ["eventlist-apiserver-bootstrap-50.json", "eventlist-kubectl-session.json", "eventlist-single-create-namespace.json"];

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "KubernetesAudit", "fixtures", name));

    public static JsonArray Items(string name) => JsonNode.Parse(Bytes(name))!["items"]!.AsArray();

    public static byte[] List(string version, params IEnumerable<JsonNode?> items) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["kind"] = "EventList",
        ["apiVersion"] = version,
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. items.Select(item => item?.DeepClone())]),
    }.ToJsonString());

    /// <summary>The posted event, made again from the stored one: what cannot be made again was lost.</summary>
    /// <param name="original">Tells which names of the resource were taken from the answer, not from objectRef.</param>
    public static JsonObject Restored(AuditEvent stored, JsonNode original)
    {
        var restored = stored.Raw is { } raw ? JsonNode.Parse(raw.GetRawText())!.AsObject() : [];
        restored["auditID"] = stored.Request!.Id;
        Set(restored, "stage", stored.Labels?.GetValueOrDefault("stage"));
        Set(restored, "verb", stored.Operation);
        if (!restored.ContainsKey("level")) restored["level"] = stored.Level == CaptureLevel.Metadata ? "Metadata" : "Request";
        if (!restored.ContainsKey("stageTimestamp")) restored["stageTimestamp"] = stored.Time.ToString();
        Set(restored, "requestURI", stored.Request.Uri);
        Set(restored, "userAgent", stored.Source?.UserAgent);
        if (stored.Source?.Ip is { } ip) restored["sourceIPs"] = Texts([stored.Source.Port is { } port ? $"{ip}:{port}" : ip, .. stored.Source.ForwardedFor ?? []]);
        if (stored.Request.Body is { } sent) restored["requestObject"] = JsonNode.Parse(sent.GetRawText());
        if (stored.Response?.Body is { } answer) restored["responseObject"] = JsonNode.Parse(answer.GetRawText());
        RestoreUser(restored, "user", stored.Actor);
        RestoreUser(restored, "impersonatedUser", stored.Actor?.OnBehalfOf);
        RestoreTarget(restored, stored, original["objectRef"]);
        RestoreStatus(restored, stored.Outcome);
        foreach (var (name, value) in stored.Labels ?? new Dictionary<string, string>())
        {
            if (!OwnLabels.Contains(name)) Part(restored, "annotations")[name] = value;
        }
        return restored;
    }

    private static void RestoreUser(JsonObject restored, string name, Actor? actor)
    {
        if (actor is null) return;
        var user = Part(restored, name);
        Set(user, "username", actor.Name);
        Set(user, "uid", actor.Id);
        if (actor.Groups is { } groups) user["groups"] = Texts(groups);
    }

    private static void RestoreTarget(JsonObject restored, AuditEvent stored, JsonNode? original)
    {
        if (original is null) return;
        var target = Part(restored, "objectRef");
        Set(target, "resource", stored.Resource?.Type);
        Set(target, "subresource", stored.Resource?.SubType);
        Set(target, "namespace", stored.Resource?.Namespace);
        if (original["name"] is not null) Set(target, "name", stored.Resource?.Name);
        if (original["uid"] is not null) Set(target, "uid", stored.Resource?.Id);
        Set(target, "apiGroup", stored.Labels?.GetValueOrDefault("api_group"));
        Set(target, "apiVersion", stored.Labels?.GetValueOrDefault("api_version"));
        Set(target, "resourceVersion", stored.Labels?.GetValueOrDefault("resource_version"));
    }

    private static void RestoreStatus(JsonObject restored, Outcome? outcome)
    {
        if (outcome is null) return;
        var status = Part(restored, "responseStatus");
        if (outcome.Status is { } code) status["code"] = code;
        Set(status, "message", outcome.Reason);
        status["metadata"] = new JsonObject();
    }

    private static JsonObject Part(JsonObject restored, string name)
    {
        if (restored[name] is not JsonObject part) restored[name] = part = [];
        return part;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static void Set(JsonObject json, string name, string? value)
    {
        if (value is not null) json[name] = value;
    }
}
