using System.Net;
using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Ingest.UcpAudit;

/// <summary>One audit line of UCP as a native event. A line from which the model cannot give back every byte is kept whole under <c>raw</c>.</summary>
/// <remarks>Source: Mirantis, «Access audit logs using the Docker CLI»; k8s.io/apiserver pkg/apis/audit/v1beta1. The table of it is in the folder's README.</remarks>
internal static class UcpAuditMapping
{
    private const string KubernetesKind = "kubernetes";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = EventLimits.DepthMax, AllowDuplicateProperties = false };
    private static readonly string[] Methods = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"];

    /// <returns><see cref="ProblemKind.Invalid"/> with its faults when it is no audit line.</returns>
    public static Result<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var made = Import(document.RootElement);
            if (!made.IsOk) return made.Problem;
            ReadOnlyMemory<byte> bytes = EventJson.Write(made.Value);
            return bytes;
        }
        catch (JsonException exception)
        {
            return Refuse("", EventParser.NotJson(exception));
        }
    }

    /// <summary>As <see cref="Read"/>, of a line that was parsed already.</summary>
    public static Result<AuditEvent> Import(JsonElement root)
    {
        try
        {
            if (root.ValueKind != JsonValueKind.Object || Object(root, "audit") is not { } audit) return Refuse("audit", "is missing: it holds the event");
            if (Text(audit, "auditID") is not { } id) return Refuse("audit.auditID", "is missing: it is the event's identity");
            if (TimeOf(root, audit) is not { } time) return Refuse("audit.requestReceivedTimestamp", "is missing, or is no time");
            var made = EventOf(audit, id, time);
            return IsOrdinary(root, audit, made) ? made : made with { Raw = root };
        }
        catch (InvalidOperationException)
        {
            return Refuse("", "has a text that is not valid UTF-8, or half of a surrogate pair");
        }
    }

    private static AuditEvent EventOf(JsonElement audit, string id, Timestamp time)
    {
        var (kind, verb, stage) = (Text(audit, "kind"), Text(audit, "verb"), Text(audit, "stage"));
        var isMethod = kind != KubernetesKind && verb is not null && Methods.Contains(verb.ToUpperInvariant());
        var body = audit.TryGetProperty("requestObject", out var sent) && sent.ValueKind != JsonValueKind.Null ? sent : (JsonElement?)null;
        var code = Object(audit, "responseStatus") is { } status && status.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : (int?)null;
        return new()
        {
            Id = stage is null ? id : $"{id}/{stage}",
            Time = time,
            Service = kind,
            Action = ActionOf(verb, Text(audit, "requestURI")),
            Operation = isMethod ? null : verb,
            Actor = ActorOf(Object(audit, "user")),
            Resource = ResourceOf(Object(audit, "objectRef")),
            Outcome = code is null ? null : new() { Result = code >= 400 ? OutcomeResult.Failure : OutcomeResult.Success, Status = code },
            Source = SourceOf(audit),
            Request = new() { Id = id, Method = isMethod ? verb : null, Uri = Text(audit, "requestURI"), Body = body },
            Level = Text(audit, "level")?.ToLowerInvariant() switch { "metadata" => CaptureLevel.Metadata, "request" or "requestresponse" => CaptureLevel.Request, _ => null },
            Labels = LabelsOf(stage, Single(Object(audit, "user"), "licenseKey")),
        };
    }

    /// <summary>The model's word for a method or a verb of Kubernetes.</summary>
    private static string ActionOf(string? verb, string? uri) => verb?.ToLowerInvariant() switch
    {
        "get" or "head" or "list" or "watch" or "options" => "read",
        "post" when uri?.Split('?')[0].EndsWith("/update", StringComparison.Ordinal) == true => "update",
        "post" or "create" => "create",
        "put" or "patch" or "update" => "update",
        "delete" or "deletecollection" => "delete",
        _ => "unknown",
    };

    private static Actor? ActorOf(JsonElement? user)
    {
        var (id, typed, name) = (Text(user, "uid"), Text(user, "username"), Single(user, "username"));
        id ??= typed;
        name ??= typed == id ? null : typed;
        return id is null && name is null ? null : new() { Type = ActorType.User, Id = id, Name = name };
    }

    private static Resource? ResourceOf(JsonElement? target)
    {
        var resource = new Resource { Type = Text(target, "resource"), SubType = Text(target, "subresource"), Id = Text(target, "uid"), Namespace = Text(target, "namespace"), Name = Text(target, "name") };
        return resource == new Resource() ? null : resource;
    }

    /// <summary>The first address is where the request came from, with its port; the others are what it passed.</summary>
    private static EventSource? SourceOf(JsonElement audit)
    {
        var agent = Text(audit, "userAgent");
        var addresses = audit.TryGetProperty("sourceIPs", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).ToList() : [];
        IPEndPoint? end = null;
        // In brackets there is a port, which the parser of addresses alone would swallow.
        var isAddress = addresses.Count > 0 && (!addresses[0].StartsWith('[') && IPAddress.TryParse(addresses[0], out _) || IPEndPoint.TryParse(addresses[0], out end));
        if (!isAddress) return agent is null ? null : new() { UserAgent = agent };
        return new()
        {
            Ip = end is null ? addresses[0] : end.Address.ToString(),
            Port = end?.Port,
            ForwardedFor = addresses.Count > 1 ? [.. addresses.Skip(1).Where(address => address.Length > 0)] : null,
            UserAgent = agent,
        };
    }

    private static Dictionary<string, string>? LabelsOf(string? stage, string? license)
    {
        var labels = new Dictionary<string, string>();
        if (license is not null) labels["license_key"] = license;
        if (stage is not null) labels["stage"] = stage;
        return labels.Count == 0 ? null : labels;
    }

    private static Timestamp? TimeOf(JsonElement root, JsonElement audit)
    {
        foreach (var (holder, name) in new[] { (audit, "requestReceivedTimestamp"), (audit, "timestamp"), (audit, "stageTimestamp"), (root, "time") })
        {
            if (Text(holder, name) is not { } text) continue;
            var point = text.IndexOf('.', StringComparison.Ordinal);
            var end = point < 0 ? 0 : text.AsSpan(point + 1).IndexOfAnyExceptInRange('0', '9') + point + 1;
            if (point >= 0 && end - point > 7) text = string.Concat(text.AsSpan(0, point + 7), text.AsSpan(end));
            if (Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time, out _)) return time;
        }
        return null;
    }

    /// <summary>Whether the line holds nothing but what the event gives back, written as UCP's dialect writes it.</summary>
    private static bool IsOrdinary(JsonElement root, JsonElement audit, AuditEvent made)
    {
        var time = made.Time!.Value.ToString();
        var user = Object(audit, "user");
        return Names(root, "audit", "level", "msg", "time") && Is(root, "level", "info") && Is(root, "msg", "audit") && Is(root, "time", time[..19] + "Z")
            && Names(audit, "auditID", "kind", "level", "metadata", "objectRef", "requestObject", "requestReceivedTimestamp", "requestURI", "responseStatus", "sourceIPs", "stage", "stageTimestamp", "timestamp", "user", "userAgent", "verb")
            && IsRaw(audit, "metadata", "{\"creationTimestamp\":null}") && IsRaw(audit, "stageTimestamp", "null") && IsRaw(audit, "timestamp", "null")
            && Is(audit, "requestReceivedTimestamp", time) && made.Service is not null && Text(audit, "stage") is not null && Text(audit, "requestURI") is not null
            && made.Level is { } level && Is(audit, "level", level == CaptureLevel.Metadata ? "metadata" : "request") && (made.Request!.Body is null || level == CaptureLevel.Request)
            && (made.Request!.Method ?? (made.Service == KubernetesKind ? made.Operation : null)) is not null
            && IsOrdinaryUser(user, made) && IsOrdinarySource(audit, made.Source) && Names(Object(audit, "objectRef"), "namespace", "resource", "subresource", "uid")
            && audit.TryGetProperty("objectRef", out _) == (made.Resource is { Id: not null } or { Type: not null })
            && (made.Outcome is null ? !audit.TryGetProperty("responseStatus", out _) : IsRaw(audit, "responseStatus", $"{{\"code\":{made.Outcome.Status},\"metadata\":{{}}}}"));
    }

    private static bool IsOrdinaryUser(JsonElement? user, AuditEvent made) =>
        user is not null && made.Actor is { Id: { } id } && Is(user.Value, "uid", id) && Is(user.Value, "username", id) && Names(user, "extra", "uid", "username")
        && (Object(user, "extra") is { } extra
            ? Names(extra, "licenseKey", "username") && extra.EnumerateObject().Any() && extra.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() == 1 && Single(user, member.Name) is not null)
            : !user.Value.TryGetProperty("extra", out _));

    private static bool IsOrdinarySource(JsonElement audit, EventSource? source)
    {
        if (!audit.TryGetProperty("sourceIPs", out var list)) return source?.Ip is null;
        if (source?.Ip is not { } ip || list.ValueKind != JsonValueKind.Array) return false;
        var first = source.Port is { } port ? new IPEndPoint(IPAddress.Parse(ip), port).ToString() : ip;
        string[] expected = [first, .. source.ForwardedFor ?? []];
        return list.GetArrayLength() == expected.Length && list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null).SequenceEqual(expected);
    }

    private static bool Names(JsonElement? holder, params ReadOnlySpan<string> known)
    {
        if (holder is not { ValueKind: JsonValueKind.Object } value) return true;
        foreach (var member in value.EnumerateObject())
        {
            if (!known.Contains(member.Name)) return false;
        }
        return true;
    }

    private static bool Is(JsonElement holder, string name, string text) => Text(holder, name) == text;

    private static bool IsRaw(JsonElement holder, string name, string json) => holder.TryGetProperty(name, out var value) && value.GetRawText() == json;

    private static JsonElement? Object(JsonElement? holder, string name) =>
        holder is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;

    private static string? Text(JsonElement? holder, string name) =>
        holder is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>The first text of a list in the user's <c>extra</c>.</summary>
    private static string? Single(JsonElement? user, string name) =>
        Object(user, "extra") is { } extra && extra.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first && first.GetString() is { Length: > 0 } text ? text : null;

    private static Problem Refuse(string field, string reason) => new(ProblemKind.Invalid, "The line is no audit line of UCP.") { Faults = [new(null, field, reason)] };
}
