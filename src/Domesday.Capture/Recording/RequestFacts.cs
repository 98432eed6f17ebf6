using Domesday.Events;
using Domesday.Events.Capture;

namespace Domesday.Capture.Recording;

/// <summary>What is known of a request before it is answered.</summary>
public sealed record RequestFacts
{
    public required string Method { get; init; }

    /// <summary>As sent, with its query; secrets included, which is why it is never recorded as it is.</summary>
    public required string Target { get; init; }

    public required RequestPath Path { get; init; }

    public required Timestamp StartedAt { get; init; }

    /// <summary>Null when nobody is known.</summary>
    public Actor? Actor { get; init; }

    public EventSource? Source { get; init; }

    /// <summary>The caller's own id of the request; null when it gave none.</summary>
    public string? RequestId { get; init; }

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    /// <summary>The name by which rules know the actor.</summary>
    public string? User => Actor?.Name ?? Actor?.Id;
}
