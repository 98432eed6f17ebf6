using System.Text.Json.Serialization;

namespace Domesday.Events.Capture;

/// <summary>What is recorded of the requests that it matches. Absent conditions match everything; each has several values, of which one must match.</summary>
public sealed record CaptureRule
{
    public required CaptureLevel Level { get; init; }

    /// <summary>For people, and in counters.</summary>
    public string? Name { get; init; }

    /// <summary>HTTP methods in upper case. Absent: all but HEAD, OPTIONS and TRACE, which are recorded only by a rule that names them.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>See <see cref="PathPattern"/>.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Names of users, with <c>*</c> for any characters. A request without a user matches none.</summary>
    public IReadOnlyList<string>? Users { get; init; }

    /// <summary>Of the answer: <c>401</c>, <c>4xx</c> or <c>400-499</c>.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>What to do with a request that cannot be recorded.</summary>
    public FailMode Fail { get; init; }
}

/// <summary>What becomes of a request that cannot be recorded.</summary>
public enum FailMode
{
    /// <summary>It is served, and an alarm raised.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>It is refused.</summary>
    [JsonStringEnumMemberName("closed")] Closed,
}
