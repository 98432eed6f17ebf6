using System.Globalization;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Http.Mapping;

namespace Domesday.Ingest.AuditRecords;

/// <summary>The records of one event of Linux audit as a native event. All of them are kept under <c>raw.records</c>.</summary>
/// <remarks>The table of it is in docs/sources/linux-audit.md.</remarks>
internal static class AuditRecordMapping
{
    private const int CommandCharsMax = 8_192;

    /// <param name="item">The records, a line each.</param>
    /// <param name="host">Whose records they are, where these do not say so; null: not known.</param>
    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> item, string? host, Utf8JsonWriter json) => TryWrite(item, host, null, json);

    /// <param name="sender">Over what and from where it came, where that is known.</param>
    public static ProblemFault? TryWrite(ReadOnlyMemory<byte> item, string? host, string? sender, Utf8JsonWriter json)
    {
        var records = new List<AuditRecord>();
        foreach (var line in item.Span.Split((byte)'\n'))
        {
            if (!AuditRecord.TryParse(item.Span[line], out var record)) return new(null, "", "is no record of Linux audit: type=… msg=audit(…)");
            records.Add(record);
        }
        using var raw = RawOf(records);
        json.WriteRawValue(EventJson.Write(Map(records, host, sender) with { Raw = raw.RootElement }), skipInputValidation: true);
        return null;
    }

    /// <summary>Whether there is nothing but the mark behind an event whose records came before.</summary>
    public static bool IsEmpty(ReadOnlyMemory<byte> item) => !item.Span.Contains((byte)'\n') && AuditRecord.TryParse(item.Span, out var record) && record.Type == AuditRecordType.End;

    private static AuditEvent Map(List<AuditRecord> records, string? host, string? sender)
    {
        var main = records.Find(record => !AuditRecordType.IsAddition(record.Type)) ?? records[0];
        host = main.Node ?? host;
        var call = main.Type == AuditRecordType.Syscall ? SyscallOf(main) : null;
        return new()
        {
            // Additions that come without what they add to, because a log was cut between them, are an event of their own.
            Id = $"audit/{host}/{main.Stamp}" + (AuditRecordType.IsAddition(main.Type) ? $"/{main.Type}" : ""),
            Time = main.Time,
            Service = "linux",
            Action = call is null ? AuditAction.Of(main.Type) : AuditAction.OfCall(call, records),
            Operation = call ?? main["op"] ?? main.Type,
            Actor = ActorOf(main),
            Resource = ResourceOf(main, call, records),
            Outcome = OutcomeOf(main),
            Source = EventWords.SourceOf(main["addr"]) ?? EventWords.SourceOf(main["hostname"]),
            Request = main.Number("ses") is { } session ? new() { Session = session } : null,
            Labels = LabelsOf(main, records, call, [("host", host), ("sender", sender)]),
        };
    }

    private static string SyscallOf(AuditRecord main) => main["SYSCALL"] ?? AuditAction.CallOf(main["arch"], main["syscall"]) ?? $"syscall {main["syscall"]}";

    /// <summary>Who signed in stays the same, whatever user that person becomes later; else the process' own user.</summary>
    private static Actor? ActorOf(AuditRecord main)
    {
        var login = main.Number("auid");
        // Whoever signs in is the account; the process belongs to the service that lets him in.
        if (login is null && AuditAction.Of(main.Type) is "login" && main["acct"] is { } account) return new() { Type = ActorType.User, Name = account };
        var user = login ?? main.Number("uid");
        var name = (login is null ? main["UID"] : main["AUID"]) is { } known and not "unset" ? known : null;
        if (user is null && name is null) return null;
        return new() { Type = login is not null ? ActorType.User : ActorType.Service, Id = user is null ? null : $"uid:{user}", Name = name };
    }

    private static Resource? ResourceOf(AuditRecord main, string? call, List<AuditRecord> records)
    {
        if (call is "execve" or "execveat") return new() { Type = "program", Name = main["exe"] };
        if (records.FindLast(record => record.Type == AuditRecordType.Path && record["name"] is not null && (record["nametype"] ?? record["objtype"]) is not "PARENT") is { } path)
            return new() { Type = "file", Name = AbsoluteOf(path["name"]!, records) };
        if (main["unit"] is { } unit) return new() { Type = "unit", Name = unit };
        if (main.Type is "USER_CMD" && main["cmd"] is { } command) return new() { Type = "command", Name = command };
        if (main["acct"] is { } account) return new() { Type = "account", Name = account };
        if (main["grp"] is { } group) return new() { Type = "group", Name = group };
        return main["key"] is { } key ? new() { Type = "audit_rule", Name = key } : null;
    }

    private static string AbsoluteOf(string path, List<AuditRecord> records) =>
        path.StartsWith('/') || records.Find(record => record["cwd"] is not null)?["cwd"] is not { } folder ? path : $"{folder.TrimEnd('/')}/{(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)}";

    private static Outcome? OutcomeOf(AuditRecord main)
    {
        var said = main["success"] ?? main["res"];
        if (said is null) return null;
        var result = said is "yes" or "1" ? OutcomeResult.Success : said is "no" or "0" ? OutcomeResult.Failure : EventWords.OutcomeOf(said) ?? OutcomeResult.Unknown;
        return new() { Result = result, Status = int.TryParse(main["exit"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exit) && exit <= 0 ? exit : null };
    }

    private static IReadOnlyDictionary<string, string>? LabelsOf(AuditRecord main, List<AuditRecord> records, string? call, ReadOnlySpan<(string Name, string? Value)> first)
    {
        var labels = new EventLabels();
        foreach (var (name, value) in first) labels.TryAdd(name, value);
        labels.TryAdd("record", main.Type);
        labels.TryAdd("syscall", call);
        labels.TryAdd("audit_key", main["key"]);
        labels.TryAdd("program", main["exe"]);
        labels.TryAdd("process", main["pid"]);
        labels.TryAdd("parent_process", main["ppid"]);
        labels.TryAdd("user", main["UID"] ?? main.Number("uid"));
        labels.TryAdd("effective_user", main["EUID"] ?? main.Number("euid"));
        labels.TryAdd("terminal", main["tty"] ?? main["terminal"]);
        labels.TryAdd("command", CommandOf(records));
        return labels.Made;
    }

    /// <summary>The command line: whole in EXECVE, cut to its beginning in PROCTITLE.</summary>
    private static string? CommandOf(List<AuditRecord> records)
    {
        if (records.Find(record => record.Type == AuditRecordType.Execve) is not { } execve) return records.Find(record => record["proctitle"] is not null)?["proctitle"];
        var words = Enumerable.Range(0, 256).Select(number => execve[string.Create(CultureInfo.InvariantCulture, $"a{number}")]).TakeWhile(word => word is not null);
        var command = string.Join(' ', words);
        return command.Length > CommandCharsMax ? command[..CommandCharsMax] : command;
    }

    private static JsonDocument RawOf(List<AuditRecord> records)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(2_048);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteStartArray("records");
            foreach (var record in records) json.WriteStringValue(record.Text);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return JsonDocument.Parse(output.WrittenMemory);
    }
}
