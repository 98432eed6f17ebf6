using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Mapping;

namespace Domesday.Ingest.Journal;

/// <summary>One entry of a journal as a native event. All of it is kept under <c>raw</c>: a value that is no text as <c>{"base64":…}</c>, one that is there several times as a list.</summary>
/// <remarks>Source: systemd.journal-fields(7); audit-parse.c of systemd 252 for the names of Linux audit's fields.</remarks>
internal static class JournalMapping
{
    public const string NoEntry = "is no entry in the journal's export format";

    private const string NoAction = "log";

    /// <summary>A login uid that was never set: 32 bits of ones.</summary>
    private const string NoUser = "4294967295";

    private static readonly string[] Severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> entry, Utf8JsonWriter json)
    {
        if (JournalEntry.TryRead(entry) is not { } fields) return new(null, "", NoEntry);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            if (Utf8.IsValid(value.Span)) texts.TryAdd(name, Encoding.UTF8.GetString(value.Span));
        }
        if (TimeOf(texts) is not { } time) return new(null, "__REALTIME_TIMESTAMP", "is missing, or is no time");
        var id = texts.GetValueOrDefault("__CURSOR") ?? Convert.ToHexStringLower(SHA256.HashData(entry.Span));
        using var raw = JsonDocument.Parse(RawOf(fields));
        json.WriteRawValue(EventJson.Write(Map(texts, $"journal/{id}", time) with { Raw = raw.RootElement }), skipInputValidation: true);
        return null;
    }

    private static AuditEvent Map(Dictionary<string, string> texts, string id, Timestamp time)
    {
        string? Text(string name) => texts.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        string? Audit(string name) => Text($"AUDIT_FIELD_{name}")?.Trim('"') is { Length: > 0 } text and not "?" ? text : null;
        var record = Text("_AUDIT_TYPE_NAME");
        return new()
        {
            Id = id,
            Time = time,
            Service = Text("SYSLOG_IDENTIFIER") ?? Text("_COMM") ?? Text("_SYSTEMD_UNIT") ?? Text("_TRANSPORT"),
            Action = record is null ? NoAction : ActionOf(record),
            Operation = record ?? Text("MESSAGE_ID"),
            Actor = ActorOf(Text("_AUDIT_LOGINUID"), Text("_UID"), Audit("ACCT")),
            Resource = ResourceOf(record, Audit("UNIT"), Audit("KEY"), Text("UNIT")),
            Outcome = OutcomeOf(Audit("RES") ?? Audit("SUCCESS")),
            Source = EventWords.SourceOf(Audit("ADDR")),
            Request = Text("_AUDIT_SESSION") is { } session and not NoUser ? new() { Session = session } : null,
            Labels = LabelsOf(Text, Audit("EXE")),
        };
    }

    private static IReadOnlyDictionary<string, string>? LabelsOf(Func<string, string?> text, string? program)
    {
        var labels = new EventLabels();
        labels.TryAdd("host", text("_HOSTNAME"));
        labels.TryAdd("unit", text("_SYSTEMD_UNIT"));
        labels.TryAdd("process", text("_PID") ?? text("SYSLOG_PID"));
        labels.TryAdd("program", program ?? text("_EXE"));
        labels.TryAdd("severity", int.TryParse(text("PRIORITY"), NumberStyles.None, CultureInfo.InvariantCulture, out var level) && level < Severities.Length ? Severities[level] : null);
        labels.TryAdd("machine", text("_MACHINE_ID"));
        labels.TryAdd("boot", text("_BOOT_ID"));
        return labels.Made;
    }

    /// <summary>Who signed in stays the same, whatever user that person becomes later; else the process' own user.</summary>
    private static Actor? ActorOf(string? login, string? process, string? account)
    {
        var isPerson = login is not null and not NoUser;
        var user = isPerson ? login : process;
        if (user is null && account is null) return null;
        return new() { Type = isPerson || account is not null ? ActorType.User : ActorType.Service, Id = user is null ? null : $"uid:{user}", Name = account };
    }

    private static Resource? ResourceOf(string? record, string? audited, string? key, string? unit)
    {
        if ((audited ?? unit) is { } name) return new() { Type = "unit", Name = name };
        return record is not null && key is not null ? new() { Type = "audit_rule", Name = key } : null;
    }

    private static Outcome? OutcomeOf(string? result) => result is null ? null
        : new() { Result = result is "yes" or "1" ? OutcomeResult.Success : result is "no" or "0" ? OutcomeResult.Failure : EventWords.OutcomeOf(result) ?? OutcomeResult.Unknown };

    /// <remarks>Source: linux/audit.h and libaudit.h, the names of record types.</remarks>
    private static string ActionOf(string record) => record switch
    {
        "USER_LOGIN" or "USER_AUTH" => "login",
        "USER_LOGOUT" or "USER_END" => "logout",
        "ADD_USER" or "ADD_GROUP" => "create",
        "DEL_USER" or "DEL_GROUP" => "delete",
        "USER_MGMT" or "GRP_MGMT" or "USER_CHAUTHTOK" or "ACCT_LOCK" or "ACCT_UNLOCK" or "CONFIG_CHANGE" => "update",
        "USER_CMD" or "EXECVE" or "SYSCALL" => "execute",
        "SERVICE_START" => "start",
        "SERVICE_STOP" => "stop",
        _ => EventWords.ActionOf(record) ?? NoAction,
    };

    private static Timestamp? TimeOf(Dictionary<string, string> texts)
    {
        foreach (var name in (string[])["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"])
        {
            // Microseconds; up to the end of the year 9999.
            if (texts.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time < 253_402_300_800_000_000)
                return Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch.AddTicks(time * TimeSpan.TicksPerMicrosecond));
        }
        return null;
    }

    private static ReadOnlyMemory<byte> RawOf(IReadOnlyList<(string Name, ReadOnlyMemory<byte> Value)> fields)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(2_048);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        foreach (var group in fields.GroupBy(field => field.Name, StringComparer.Ordinal))
        {
            json.WritePropertyName(group.Key);
            var values = group.ToList();
            if (values.Count > 1) json.WriteStartArray();
            foreach (var (_, value) in values) WriteValue(json, value.Span);
            if (values.Count > 1) json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value))
        {
            json.WriteStringValue(value);
            return;
        }
        json.WriteStartObject();
        json.WriteBase64String("base64", value);
        json.WriteEndObject();
    }
}
