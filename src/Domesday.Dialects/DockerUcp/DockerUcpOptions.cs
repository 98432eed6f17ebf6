namespace Domesday.Dialects.DockerUcp;

/// <summary>What may differ between installations.</summary>
internal sealed record DockerUcpOptions
{
    /// <summary>Newest version of the Engine API that clients may speak; older ones are answered too.</summary>
    public string ApiVersion { get; init; } = "1.47";

    /// <summary>Lines of the log in a support dump that does not say how many. At least 1.</summary>
    /// <remarks>Source: Mirantis Kubernetes Engine CLI, <c>support --loglines</c>.</remarks>
    public long SupportLines { get; init; } = 10_000;

    /// <summary>How long one client may follow the log: a credential that was revoked does not listen on for ever. Hours, at least 1.</summary>
    public int FollowHours { get; init; } = 12;
}
