namespace Domesday.Benchmarks.Workload;

/// <summary>One synthetic event, as columns: the same values go to every engine that is compared.</summary>
public readonly record struct WorkloadEvent(
    long TimeMicroseconds,
    string Cluster,
    string Region,
    string Domain,
    Guid Project,
    string Service,
    string Action,
    string ResourceType,
    Guid ResourceId,
    string ResourceName,
    string Result,
    string ActorType,
    Guid ActorId,
    string ActorName,
    string SourceIp,
    string UserAgent,
    string Method,
    string Path,
    int Status,
    Guid RequestId,
    string? Body);
