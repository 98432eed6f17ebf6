using System.Net;
using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Events.Schema;
using Domesday.Http.Mapping;

namespace Domesday.Ingest.KubernetesAudit;

/// <summary>One <c>Event</c> of audit.k8s.io as a native event. What the model has no place for, or not in this form, is kept under <c>raw</c> by its own name.</summary>
/// <remarks>Source: k8s.io/apiserver pkg/apis/audit/v1 types.go. The table of it is in docs/sources/kubernetes.md.</remarks>
internal static class AuditEventMapping
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = EventLimits.DepthMax * 4 };

    /// <summary>Writes the event.</summary>
    /// <returns>Null; or why there is none, and what was written is worth nothing.</returns>
    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> item, string? cluster, Utf8JsonWriter json)
    {
        try
        {
            using var document = JsonDocument.Parse(item, Deep);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return new(null, "", "must be an object");
            var members = ItemMembers.Of(document.RootElement);
            if (members.TakeText("auditID") is not { } auditId) return new(null, "auditID", "is missing: it is the event's identity");
            Write(members, auditId, cluster, json);
            return null;
        }
        catch (JsonException exception)
        {
            return new(null, "", Events.Json.EventParser.NotJson(exception));
        }
        catch (InvalidOperationException)
        {
            return new(null, "", "has a text that is not valid UTF-8, or half of a surrogate pair");
        }
    }

    private static void Write(ItemMembers members, string auditId, string? cluster, Utf8JsonWriter json)
    {
        var stage = members.TakeText("stage");
        var target = members.TakeObject("objectRef");
        var (resource, subresource) = (target.TakeText("resource"), target.TakeText("subresource"));
        var verb = members.TakeText("verb");
        json.WriteStartObject();
        json.WriteString("id", stage is null ? auditId : $"{auditId}/{stage}");
        if (TakeTime(members) is { } time) json.WriteString("time", time);
        json.WriteString("service", "kubernetes");
        json.WriteString("action", AuditVerb.ActionOf(verb, subresource));
        if (verb is not null) json.WriteString("operation", verb);
        json.WriteString("origin", "api");
        WriteText(json, "level", TakeLevel(members));
        var user = members.TakeObject("user");
        var impersonated = members.TakeObject("impersonatedUser");
        WriteActor(json, user, impersonated);
        WriteResource(json, members, target, resource, subresource);
        var status = members.TakeObject("responseStatus");
        WriteOutcome(json, status, stage);
        WriteScope(json, cluster);
        WriteSource(json, members);
        WriteBodies(json, members, auditId);
        var annotations = members.TakeObject("annotations");
        WriteLabels(json, stage, target, annotations);
        WriteRaw(json, members, [("user", user), ("impersonatedUser", impersonated), ("objectRef", target), ("responseStatus", status), ("annotations", annotations)]);
        json.WriteEndObject();
    }

    private static void WriteRaw(Utf8JsonWriter json, ItemMembers members, ReadOnlySpan<(string Name, ItemMembers Members)> parts)
    {
        var any = !members.IsEmpty;
        foreach (var part in parts) any |= !part.Members.IsEmpty;
        if (!any) return;
        json.WriteStartObject("raw");
        members.WriteRest(json);
        foreach (var part in parts) part.Members.WriteRest(json, part.Name);
        json.WriteEndObject();
    }

    /// <summary>The stage's time; a form of it that the model cannot keep exactly stays under raw as well.</summary>
    private static string? TakeTime(ItemMembers members)
    {
        foreach (var name in (ReadOnlySpan<string>)["stageTimestamp", "requestReceivedTimestamp", "timestamp"])
        {
            if (members.Peek(name) is not { ValueKind: JsonValueKind.String } value || value.GetString() is not { } text) continue;
            if (Timestamp.TryParse(Encoding.UTF8.GetBytes(text), out var time, out _)) return name == "stageTimestamp" ? members.TakeText(name) : time.ToString();
            if (Timestamp.TryParse(Encoding.UTF8.GetBytes(ToMicroseconds(text)), out time, out _)) return time.ToString();
        }
        return null;
    }

    /// <summary>Cuts the digits of a fraction behind the sixth.</summary>
    private static string ToMicroseconds(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return end - point <= 7 ? text : string.Concat(text.AsSpan(0, point + 7), text.AsSpan(end));
    }

    /// <summary>RequestResponse is the model's «request» with bodies on both sides; its own name stays under raw.</summary>
    private static string? TakeLevel(ItemMembers members) => members.Peek("level") is not { ValueKind: JsonValueKind.String } level ? null
        : level.ValueEquals("Metadata") ? Taken(members, "metadata")
        : level.ValueEquals("Request") ? Taken(members, "request")
        : level.ValueEquals("RequestResponse") ? "request" : null;

    private static string Taken(ItemMembers members, string level)
    {
        members.TakeText("level");
        return level;
    }

    /// <summary>Who impersonates is the actor; whom it stood in for is «on behalf of».</summary>
    private static void WriteActor(Utf8JsonWriter json, ItemMembers user, ItemMembers impersonated)
    {
        if (!HasIdentity(user) && !HasIdentity(impersonated)) return;
        json.WriteStartObject("actor");
        WriteIdentity(json, user);
        if (HasIdentity(impersonated))
        {
            json.WriteStartObject("on_behalf_of");
            WriteIdentity(json, impersonated);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static bool HasIdentity(ItemMembers user) => IsText(user, "username") || IsText(user, "uid");

    private static bool IsText(ItemMembers members, string name) => members.Peek(name) is { ValueKind: JsonValueKind.String } value && !value.ValueEquals("");

    private static void WriteIdentity(Utf8JsonWriter json, ItemMembers user)
    {
        if (user.TakeText("username") is { } name)
        {
            json.WriteString("name", name);
            json.WriteString("type", TypeOf(name));
        }
        WriteText(json, "id", user.TakeText("uid"));
        WriteTexts(json, "groups", user.TakeTexts("groups"));
        if (user.Peek("extra") is { ValueKind: JsonValueKind.Object } extra && extra.TryGetProperty("authentication.kubernetes.io/credential-id", out var ids)
            && ids is { ValueKind: JsonValueKind.Array } && ids.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } first && first.GetString() is { Length: > 0 } id)
        {
            json.WriteString("credential", id);
        }
    }

    private static string TypeOf(string name)
    {
        if (name.StartsWith("system:serviceaccount:", StringComparison.Ordinal)) return "service";
        if (name.StartsWith("system:node:", StringComparison.Ordinal)) return "agent";
        return name.StartsWith("system:", StringComparison.Ordinal) && name != "system:anonymous" ? "system" : "user";
    }

    private static void WriteResource(Utf8JsonWriter json, ItemMembers members, ItemMembers target, string? resource, string? subresource)
    {
        var name = target.TakeText("name") ?? Created(members, resource, subresource, "name");
        var id = target.TakeText("uid") ?? Created(members, resource, subresource, "uid") ?? Deleted(members);
        var space = target.TakeText("namespace");
        if (resource is null && name is null && id is null && space is null && subresource is null) return;
        json.WriteStartObject("resource");
        WriteText(json, "type", resource);
        WriteText(json, "sub_type", subresource);
        WriteText(json, "id", id);
        WriteText(json, "name", name);
        WriteText(json, "namespace", space);
        json.WriteEndObject();
    }

    /// <summary>A create names its object only in the answer (generateName), and its uid nowhere else.</summary>
    private static string? Created(ItemMembers members, string? resource, string? subresource, string name) =>
        resource is not null && subresource is null
        && members.Peek("responseObject") is { ValueKind: JsonValueKind.Object } answer && answer.TryGetProperty("metadata", out var metadata)
            ? TextOf(metadata, name) : null;

    private static string? Deleted(ItemMembers members) =>
        members.Peek("responseStatus") is { ValueKind: JsonValueKind.Object } status && status.TryGetProperty("details", out var details) ? TextOf(details, "uid") : null;

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static void WriteOutcome(Utf8JsonWriter json, ItemMembers status, string? stage)
    {
        if (stage == "RequestReceived" && status.IsEmpty) return;
        var code = status.TakeNumber("code");
        var failed = code >= 400 || stage == "Panic" || status.Peek("status") is { ValueKind: JsonValueKind.String } word && word.ValueEquals("Failure");
        status.DropEmpty("metadata");
        json.WriteStartObject("outcome");
        json.WriteString("result", failed ? "failure" : code is null ? "unknown" : "success");
        if (code is { } number) json.WriteNumber("status", number);
        WriteText(json, "reason", status.TakeText("message") ?? status.TakeText("reason"));
        json.WriteEndObject();
    }

    private static void WriteScope(Utf8JsonWriter json, string? cluster)
    {
        if (cluster is null) return;
        json.WriteStartObject("scope");
        json.WriteStartObject("cluster");
        json.WriteString("name", cluster);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The first address is where the request came from, the others are what it passed; older versions write a port with it.</summary>
    private static void WriteSource(Utf8JsonWriter json, ItemMembers members)
    {
        var agent = members.TakeText("userAgent");
        var first = members.Peek("sourceIPs") is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        IPEndPoint? end = null;
        // In brackets there is a port, which the parser of addresses alone would swallow.
        var isAddress = first is not null && (!first.StartsWith('[') && IPAddress.TryParse(first, out _) || IPEndPoint.TryParse(first, out end));
        var addresses = isAddress ? members.TakeTexts("sourceIPs") : null;
        if (agent is null && addresses is null) return;
        json.WriteStartObject("source");
        WriteText(json, "user_agent", agent);
        if (addresses is { } all)
        {
            json.WriteString("ip", end is null ? first : end.Address.ToString());
            if (end is { Port: > 0 }) json.WriteNumber("port", end.Port);
            if (all.GetArrayLength() > 1)
            {
                json.WriteStartArray("forwarded_for");
                foreach (var hop in all.EnumerateArray().Skip(1)) ItemMembers.WriteAsItCame(json, hop);
                json.WriteEndArray();
            }
        }
        json.WriteEndObject();
    }

    private static void WriteBodies(Utf8JsonWriter json, ItemMembers members, string auditId)
    {
        json.WriteStartObject("request");
        json.WriteString("id", auditId);
        var uri = members.TakeText("requestURI");
        WriteText(json, "uri", uri is null ? null : Redactor.Default.Target(uri));
        var path = RequestPath.Parse(uri ?? "/");
        if (members.TakeValue("requestObject") is { } sent)
        {
            json.WritePropertyName("body");
            WriteBody(json, sent, path);
        }
        json.WriteEndObject();
        if (members.TakeValue("responseObject") is not { } answer) return;
        json.WriteStartObject("response");
        json.WritePropertyName("body");
        WriteBody(json, answer, path);
        json.WriteEndObject();
    }

    /// <summary>As it came, but for the values of Secrets and for tokens: what a policy of the apiserver lets out by mistake would stay in the ledger for ever.</summary>
    private static void WriteBody(Utf8JsonWriter json, JsonElement body, RequestPath path)
    {
        // Which places carry secrets does not depend on the method.
        if (Redactor.Default.HasPlaces("", path)) json.WriteRawValue(Redactor.Default.Body("", path, "application/json", Encoding.UTF8.GetBytes(body.GetRawText())).Json.Span, skipInputValidation: true);
        else ItemMembers.WriteAsItCame(json, body);
    }

    private static void WriteLabels(Utf8JsonWriter json, string? stage, ItemMembers target, ItemMembers annotations)
    {
        List<(string Name, string Value)> labels = [];
        void Add(string name, string? value)
        {
            if (value is not null) labels.Add((name, value));
        }

        Add("stage", stage);
        Add("api_group", target.TakeText("apiGroup"));
        Add("api_version", target.TakeText("apiVersion"));
        Add("resource_version", target.TakeText("resourceVersion"));
        var taken = new HashSet<string>(labels.Select(label => label.Name), StringComparer.Ordinal);
        labels.AddRange(annotations.TakeAllTexts(name => name.Length > 0 && !name.StartsWith(EventSchema.ReservedLabelPrefix, StringComparison.Ordinal) && taken.Add(name)));
        if (labels.Count == 0) return;
        json.WriteStartObject("labels");
        foreach (var (name, value) in labels) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, JsonElement? texts)
    {
        if (texts is not { } list) return;
        json.WritePropertyName(name);
        ItemMembers.WriteAsItCame(json, list);
    }
}
