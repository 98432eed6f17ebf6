namespace Domesday.Capture.Acts;

/// <summary>What a request means: the action, and what it acts upon.</summary>
public sealed record Act
{
    /// <summary>Lower-case verb, as the event model has it.</summary>
    public required string Action { get; init; }

    /// <summary>The API's own name of it, such as <c>service.create</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>The component that is acted upon; null: the capturer's own setting.</summary>
    public string? Service { get; init; }

    public string? ResourceType { get; init; }

    public string? SubType { get; init; }

    public string? ResourceId { get; init; }

    public string? ResourceName { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Members of the answer of which the first that is there is the id of what was created, such as <c>Id</c> or <c>metadata.uid</c>; empty when nothing is.</summary>
    public IReadOnlyList<string> CreatedId { get; init; } = [];

    /// <summary>The same for its name.</summary>
    public IReadOnlyList<string> CreatedName { get; init; } = [];
}
