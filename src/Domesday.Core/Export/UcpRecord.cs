using System.Buffers;
using System.Text.Json;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>One event as the line that <c>ucp-controller</c> prints: a Kubernetes audit event in an envelope, members in alphabetical order.</summary>
/// <remarks>
/// Source of the form: Mirantis, «Access audit logs using the Docker CLI» (the sample line); status and object follow k8s.io/apiserver pkg/apis/audit/v1,
/// which the sample leaves out. Names of resources are not written: the document says so.
/// </remarks>
public static class UcpRecord
{
    public const string StageLabel = "stage";

    public const string LicenseLabel = "license_key";

    public const string DefaultKind = "docker-swarm";

    /// <summary>Begins an event's own record when it was imported from such a line and the model could not carry all of it.</summary>
    private static ReadOnlySpan<byte> OwnLine => "{\"audit\":{"u8;

    /// <summary>What may stand in JSON but not in Go's: <c>&lt; &gt; &amp;</c> and the first byte of U+2028 and U+2029.</summary>
    private static readonly SearchValues<byte> Unusual = SearchValues.Create([(byte)'<', (byte)'>', (byte)'&', 0xE2]);

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>Writes the line, without its end, as Go's encoder escapes it.</summary>
    public static void WriteLine(EntryFields entry, RecordJson json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var scratch = _scratch ??= new();
        scratch.Json.Clear();
        scratch.Escaped.Clear();
        Write(entry, scratch.Json);
        AppendAsGo(scratch.Json.Written, scratch.Escaped);
        json.Raw(scratch.Escaped.Written);
    }

    /// <summary>Writes the line, without its end; Go's escapes are missing.</summary>
    public static void Write(EntryFields entry, RecordJson json)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(json);
        if (entry.Raw(EventField.Raw).StartsWith(OwnLine))
        {
            json.Raw(entry.Raw(EventField.Raw));
            return;
        }
        json.OpenObject();
        json.Name("audit"u8);
        WriteAudit(entry, json);
        json.Member("level"u8, "info"u8);
        json.Member("msg"u8, "audit"u8);
        json.Name("time"u8);
        Span<byte> seconds = stackalloc byte[20];
        entry.Raw(EventField.Time)[..19].CopyTo(seconds);
        seconds[19] = (byte)'Z';
        json.Text(seconds);
        json.CloseObject();
    }

    /// <summary>Appends JSON as Go's encoder escapes it: <c>&amp;</c> is <c>\u0026</c>.</summary>
    public static void AppendAsGo(ReadOnlySpan<byte> json, ByteBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (true)
        {
            var at = json.IndexOfAny(Unusual);
            if (at < 0) break;
            output.Append(json[..at]);
            var length = 1;
            switch (json[at])
            {
                case (byte)'<': output.Append("\\u003c"u8); break;
                case (byte)'>': output.Append("\\u003e"u8); break;
                case (byte)'&': output.Append("\\u0026"u8); break;
                default:
                    var isSeparator = json.Length > at + 2 && json[at + 1] == 0x80 && json[at + 2] is 0xA8 or 0xA9;
                    length = isSeparator ? 3 : 1;
                    output.Append(!isSeparator ? json.Slice(at, 1) : json[at + 2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
                    break;
            }
            json = json[(at + length)..];
        }
        output.Append(json);
    }

    private static void WriteAudit(EntryFields entry, RecordJson json)
    {
        var hasBody = entry.Has(EventField.RequestBody) && !entry.Is(EventField.Level, "metadata"u8);
        json.OpenObject();
        json.Member("auditID"u8, entry.Raw(EventField.RequestId, EventField.Id));
        json.Member("kind"u8, entry.Has(EventField.Service) ? entry.Raw(EventField.Service) : "docker-swarm"u8);
        json.Member("level"u8, entry.Has(EventField.Level) ? entry.Raw(EventField.Level) : hasBody ? "request"u8 : "metadata"u8);
        json.Name("metadata"u8);
        json.Raw("{\"creationTimestamp\":null}"u8);
        WriteObject(entry, json);
        if (hasBody)
        {
            json.Name("requestObject"u8);
            json.Raw(entry.Raw(EventField.RequestBody));
        }
        json.Member("requestReceivedTimestamp"u8, entry.Raw(EventField.Time));
        json.Member("requestURI"u8, entry.Raw(EventField.RequestUri));
        if (entry.Has(EventField.OutcomeStatus))
        {
            json.Name("responseStatus"u8);
            json.OpenObject();
            json.Name("code"u8);
            json.Raw(entry.Raw(EventField.OutcomeStatus));
            json.Name("metadata"u8);
            json.Raw("{}"u8);
            json.CloseObject();
        }
        WriteAddresses(entry, json);
        if (entry.Label(StageLabel) is { } stage) json.Member("stage"u8, stage);
        else json.Member("stage"u8, entry.Has(EventField.OutcomeStatus) || entry.Has(EventField.OutcomeResult) ? "ResponseComplete"u8 : "RequestReceived"u8);
        json.Name("stageTimestamp"u8);
        json.Raw("null"u8);
        json.Name("timestamp"u8);
        json.Raw("null"u8);
        WriteUser(entry, json);
        json.Optional("userAgent"u8, entry.Raw(EventField.SourceUserAgent));
        json.Member("verb"u8, VerbOf(entry));
        json.CloseObject();
    }

    /// <summary>HTTP requests have their method, Kubernetes' events their verb, everything else its action.</summary>
    private static ReadOnlySpan<byte> VerbOf(EntryFields entry) => entry.Has(EventField.RequestMethod) ? entry.Raw(EventField.RequestMethod)
        : entry.Is(EventField.Service, "kubernetes"u8) ? entry.Raw(EventField.Operation, EventField.Action) : entry.Raw(EventField.Action);

    private static void WriteObject(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.ResourceId) && !entry.Has(EventField.ResourceType)) return;
        json.Name("objectRef"u8);
        json.OpenObject();
        json.Optional("namespace"u8, entry.Raw(EventField.ResourceNamespace));
        json.Optional("resource"u8, entry.Raw(EventField.ResourceType));
        json.Optional("subresource"u8, entry.Raw(EventField.ResourceSubType));
        json.Optional("uid"u8, entry.Raw(EventField.ResourceId));
        json.CloseObject();
    }

    /// <summary>With the port, as Swarm's lines have it, and behind it those that the request passed.</summary>
    private static void WriteAddresses(EntryFields entry, RecordJson json)
    {
        if (!entry.Has(EventField.SourceIp)) return;
        json.Name("sourceIPs"u8);
        json.OpenList();
        if (entry.Has(EventField.SourcePort))
        {
            var ip = entry.Text(EventField.SourceIp)!;
            var port = System.Text.Encoding.ASCII.GetString(entry.Raw(EventField.SourcePort));
            json.Text(ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]:{port}" : $"{ip}:{port}");
        }
        else json.Text(entry.Raw(EventField.SourceIp));
        if (entry.Has(EventField.SourceForwardedFor))
        {
            var reader = new Utf8JsonReader(entry.Raw(EventField.SourceForwardedFor));
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String) json.Text(reader.GetString()!);
            }
        }
        json.CloseList();
    }

    private static void WriteUser(EntryFields entry, RecordJson json)
    {
        var id = entry.Raw(EventField.ActorId, EventField.ActorName);
        var license = entry.Label(LicenseLabel);
        json.Name("user"u8);
        json.OpenObject();
        if (license is not null || entry.Has(EventField.ActorName))
        {
            json.Name("extra"u8);
            json.OpenObject();
            if (license is not null) WriteSingle(json, "licenseKey"u8, CanonicalText.Escape(license));
            if (entry.Has(EventField.ActorName)) WriteSingle(json, "username"u8, entry.Raw(EventField.ActorName));
            json.CloseObject();
        }
        if (entry.Has(EventField.ActorGroups))
        {
            json.Name("groups"u8);
            json.Raw(entry.Raw(EventField.ActorGroups));
        }
        json.Optional("uid"u8, id);
        json.Optional("username"u8, id);
        json.CloseObject();
    }

    private static void WriteSingle(RecordJson json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        json.Name(name);
        json.OpenList();
        json.Text(content);
        json.CloseList();
    }

    private sealed class Scratch
    {
        public RecordJson Json { get; } = new();

        public ByteBuffer Escaped { get; } = new();
    }
}
