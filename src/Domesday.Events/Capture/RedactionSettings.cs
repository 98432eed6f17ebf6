namespace Domesday.Events.Capture;

/// <summary>What is taken out of requests before they are recorded.</summary>
public sealed record RedactionSettings
{
    /// <summary>Leaves out what <see cref="RedactionDefaults"/> lists for Docker, Swarm, Kubernetes and common names, which is redacted otherwise.</summary>
    public bool WithoutDefaults { get; init; }

    /// <summary>Places in bodies.</summary>
    public IReadOnlyList<BodyRedaction> Bodies { get => field ?? []; init; }

    /// <summary>Headers, without regard to case.</summary>
    public IReadOnlyList<string> Headers { get => field ?? []; init; }

    /// <summary>Names whose values are secret wherever they stand: members of bodies, form fields, query parameters, variables. See <see cref="SecretNames"/> for how they are compared.</summary>
    public IReadOnlyList<string> Names { get => field ?? []; init; }

    public static RedactionSettings Default { get; } = new();
}

/// <summary>Places in the bodies of some requests.</summary>
public sealed record BodyRedaction
{
    /// <summary>Upper case; absent: all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>See <see cref="PathPattern"/>; absent: all.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>See <see cref="JsonPath"/>; <c>$</c> is the whole body.</summary>
    public required IReadOnlyList<string> Members { get; init; }
}
