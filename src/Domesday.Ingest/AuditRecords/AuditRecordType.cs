using System.Collections.Frozen;

namespace Domesday.Ingest.AuditRecords;

/// <summary>Sorts of records, and what their names mean.</summary>
/// <remarks>Source: linux/audit.h and libaudit's msg_typetab.h.</remarks>
internal static class AuditRecordType
{
    /// <summary>Ends an event of several records, and says nothing else.</summary>
    public const string End = "EOE";

    /// <summary>The last record of a system call but for <see cref="End"/>, which auditd does not always write.</summary>
    public const string Title = "PROCTITLE";

    public const string Syscall = "SYSCALL";
    public const string Path = "PATH";
    public const string Execve = "EXECVE";

    /// <summary>The kernel's own log has numbers instead of names.</summary>
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["1100"] = "USER_AUTH",
        ["1101"] = "USER_ACCT",
        ["1102"] = "USER_MGMT",
        ["1103"] = "CRED_ACQ",
        ["1104"] = "CRED_DISP",
        ["1105"] = "USER_START",
        ["1106"] = "USER_END",
        ["1108"] = "USER_CHAUTHTOK",
        ["1110"] = "CRED_REFR",
        ["1112"] = "USER_LOGIN",
        ["1113"] = "USER_LOGOUT",
        ["1114"] = "ADD_USER",
        ["1115"] = "DEL_USER",
        ["1116"] = "ADD_GROUP",
        ["1117"] = "DEL_GROUP",
        ["1123"] = "USER_CMD",
        ["1130"] = "SERVICE_START",
        ["1131"] = "SERVICE_STOP",
        ["1300"] = Syscall,
        ["1302"] = Path,
        ["1305"] = "CONFIG_CHANGE",
        ["1306"] = "SOCKADDR",
        ["1307"] = "CWD",
        ["1309"] = Execve,
        ["1320"] = End,
        ["1325"] = "NETFILTER_CFG",
        ["1326"] = "SECCOMP",
        ["1327"] = Title,
        ["1334"] = "BPF",
        ["1400"] = "AVC",
        ["1701"] = "ANOM_ABEND",
    }.ToFrozenDictionary();

    /// <summary>Records that only add to another one of their event.</summary>
    private static readonly FrozenSet<string> Additions = FrozenSet.ToFrozenSet([Path, Execve, "CWD", Title, "SOCKADDR", "IPC", "MQ_OPEN", "FD_PAIR", "OBJ_PID", "BPRM_FCAPS", "CAPSET", "MMAP", "KERN_MODULE", End]);

    /// <summary>Fields whose text somebody else chose: in quotes, or as hexadecimal digits when there is a space, a quote or worse in it.</summary>
    private static readonly FrozenSet<string> Encoded = FrozenSet.ToFrozenSet(["comm", "exe", "name", "cwd", "acct", "cmd", "key", "proctitle", "dir", "path", "data", "grp", "new-disk", "vm", "unit", "id"]);

    public static string NameOf(string number) => Names.GetValueOrDefault(number) ?? $"TYPE_{number}";

    public static bool IsAddition(string type) => Additions.Contains(type);

    public static bool IsEncoded(string type, string name) => Encoded.Contains(name)
        || type == Execve && name.Length > 1 && name[0] == 'a' && char.IsAsciiDigit(name[1]);
}
