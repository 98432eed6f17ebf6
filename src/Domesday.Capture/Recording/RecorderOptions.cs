namespace Domesday.Capture.Recording;

/// <summary>What is the same in all events of a capturer.</summary>
public sealed record RecorderOptions
{
    /// <summary>Names the numbering of this process, so that the service sees what is missing; another one for each start.</summary>
    public required string Producer { get; init; }

    /// <summary>The component; null: as the decoder says.</summary>
    public string? Service { get; init; }

    /// <summary>Where the request came in: <c>api</c> unless it is known better.</summary>
    public string Origin { get; init; } = "api";

    /// <summary>Put into every event.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
