using System.Collections.Frozen;
using System.Globalization;
using Domesday.Http.Mapping;

namespace Domesday.Ingest.AuditRecords;

/// <summary>Records and system calls as the actions of the event model.</summary>
internal static class AuditAction
{
    private const string NoAction = "log";
    private const string X86 = "c000003e";
    private const string Arm = "c00000b7";

    /// <summary>Access mode in the flags of open(2): 0 is O_RDONLY.</summary>
    private const ulong AccessMode = 3;

    /// <summary>Numbers of the calls that rules commonly watch; others keep theirs, unless auditd writes names (<c>log_format = ENRICHED</c>, its default).</summary>
    /// <remarks>Source: arch/x86/entry/syscalls/syscall_64.tbl of Linux.</remarks>
    private static readonly FrozenDictionary<int, string> CallsOfX86 = Named(
        "2=open 42=connect 43=accept 49=bind 59=execve 62=kill 76=truncate 82=rename 83=mkdir 84=rmdir 85=creat 86=link 87=unlink 88=symlink 90=chmod 91=fchmod 92=chown 93=fchown 94=lchown 101=ptrace "
        + "105=setuid 106=setgid 159=adjtimex 161=chroot 164=settimeofday 165=mount 166=umount2 169=reboot 170=sethostname 175=init_module 176=delete_module 188=setxattr 189=lsetxattr 190=fsetxattr "
        + "197=removexattr 227=clock_settime 257=openat 258=mkdirat 260=fchownat 263=unlinkat 264=renameat 265=linkat 266=symlinkat 268=fchmodat 313=finit_module 316=renameat2 321=bpf 322=execveat "
        + "437=openat2");

    /// <remarks>Source: include/uapi/asm-generic/unistd.h of Linux.</remarks>
    private static readonly FrozenDictionary<int, string> CallsOfArm = Named(
        "33=mknodat 34=mkdirat 35=unlinkat 36=symlinkat 37=linkat 38=renameat 39=umount2 40=mount 53=fchmodat 54=fchownat 56=openat 105=init_module 106=delete_module 117=ptrace 129=kill 142=reboot "
        + "200=bind 203=connect 221=execve 273=finit_module 276=renameat2 280=bpf 281=execveat 437=openat2");

    /// <returns>The name of a system call; null when it is not known.</returns>
    public static string? CallOf(string? arch, string? number)
    {
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var call)) return number;
        return arch switch
        {
            X86 => CallsOfX86.GetValueOrDefault(call),
            Arm => CallsOfArm.GetValueOrDefault(call),
            _ => null,
        };
    }

    public static string Of(string type) => type switch
    {
        "USER_LOGIN" or "USER_AUTH" or "USER_START" => "login",
        "USER_LOGOUT" or "USER_END" => "logout",
        "ADD_USER" or "ADD_GROUP" => "create",
        "DEL_USER" or "DEL_GROUP" => "delete",
        "USER_MGMT" or "GRP_MGMT" or "USER_CHAUTHTOK" or "GRP_CHAUTHTOK" or "ACCT_LOCK" or "ACCT_UNLOCK" or "CONFIG_CHANGE" or "NETFILTER_CFG" => "update",
        "USER_CMD" or AuditRecordType.Execve => "execute",
        "SERVICE_START" or "DAEMON_START" or "SYSTEM_BOOT" => "start",
        "SERVICE_STOP" or "DAEMON_END" or "SYSTEM_SHUTDOWN" => "stop",
        _ => NoAction,
    };

    public static string OfCall(string call, List<AuditRecord> records)
    {
        switch (call)
        {
            case "execve" or "execveat":
                return "execute";
            case "open" or "openat" or "openat2":
                if (records.Exists(record => record["nametype"] == "CREATE")) return "create";
                return call == "openat2" ? "read" : IsForReading(records.Find(record => record.Type == AuditRecordType.Syscall)?[call == "open" ? "a1" : "a2"]) ? "read" : "update";
            case "creat" or "mkdir" or "mkdirat" or "mknod" or "mknodat" or "link" or "linkat" or "symlink" or "symlinkat":
                return "create";
            case "unlink" or "unlinkat" or "rmdir":
                return "delete";
            case "umount2":
                return "unmount";
        }
        if (call.StartsWith("rename", StringComparison.Ordinal) || call.Contains("chmod", StringComparison.Ordinal) || call.Contains("chown", StringComparison.Ordinal)
            || call.EndsWith("xattr", StringComparison.Ordinal) || call.Contains("truncate", StringComparison.Ordinal)) return "update";
        return EventWords.ActionOf(call.Contains(' ', StringComparison.Ordinal) ? null : call) ?? NoAction;
    }

    /// <param name="calls">Number and name of each, with blanks between.</param>
    private static FrozenDictionary<int, string> Named(string calls) =>
        calls.Split(' ').Select(call => call.Split('=')).ToFrozenDictionary(call => int.Parse(call[0], CultureInfo.InvariantCulture), call => call[1]);

    private static bool IsForReading(string? flags) => ulong.TryParse(flags, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) && (number & AccessMode) == 0;
}
