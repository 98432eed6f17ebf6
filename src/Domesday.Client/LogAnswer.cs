namespace Domesday.Client;

/// <summary>Logs that the service knows how to read.</summary>
public enum LogKind
{
    /// <summary>The audit log of a kube-apiserver: <c>--audit-log-path</c>, with its format <c>json</c>.</summary>
    Kubernetes,

    /// <summary>The <c>audit.log</c> of auditd.</summary>
    LinuxAudit,
}

/// <summary>What became of lines of a log.</summary>
/// <param name="Stored">Events that they are now.</param>
/// <param name="Duplicate">Events that were stored before.</param>
/// <param name="Quarantined">Lines that could not be read, and are kept as they came.</param>
public sealed record LogAnswer(int Stored, int Duplicate, int Quarantined);
