using Domesday.Client;

namespace Domesday.Cli.Commands.Follow;

/// <param name="Send">Stores lines; the same again stores nothing twice.</param>
internal sealed record FollowSettings(string File, Func<ReadOnlyMemory<byte>, CancellationToken, Task<LogAnswer>> Send)
{
    /// <summary>Where the position is kept; null: nowhere.</summary>
    public required string? StateFile { get; init; }

    /// <summary>Lines that belong together are those of an event of Linux audit.</summary>
    public required bool HasEventsOfSeveralLines { get; init; }

    /// <summary>Goes on for ever, through rotations; false: to the end of the file.</summary>
    public required bool IsEndless { get; init; }

    /// <summary>How often it is looked for more.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(500);
}
