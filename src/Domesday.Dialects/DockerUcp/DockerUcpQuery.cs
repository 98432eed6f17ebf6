using System.Globalization;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.DockerUcp;

/// <summary>Which lines of the log are wanted, and how.</summary>
/// <remarks>Source: Engine API 1.47, «ContainerLogs». As the Engine does, a parameter that is unknown says nothing, and of one that is repeated the first counts.</remarks>
internal sealed record DockerUcpQuery
{
    public required EventFilter Filter { get; init; }

    /// <summary>The last lines alone; null for all.</summary>
    public long? Tail { get; init; }

    public bool Stdout { get; init; } = true;

    public bool Follow { get; init; }

    /// <summary>Each line begins with its time.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Each line begins with the container's attributes, of which there are none.</summary>
    public bool Details { get; init; }

    /// <summary>When following ends by itself; null for never.</summary>
    public Timestamp? Until { get; init; }

    /// <returns><see cref="ProblemKind.Invalid"/> for times that cannot be read, and when no stream is chosen.</returns>
    public static Result<DockerUcpQuery> Read(IQueryCollection query, DateTimeOffset now)
    {
        var faults = new List<ProblemFault>();
        var (stdout, stderr) = (Flag(query, "stdout"), Flag(query, "stderr"));
        if (!stdout && !stderr) return new Problem(ProblemKind.Invalid, "Bad parameters: you must choose at least one stream");
        var (filter, until) = Span(query, now, faults);
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "invalid time") { Faults = faults };
        return new DockerUcpQuery
        {
            Filter = filter,
            Until = until,
            Tail = TailOf(First(query, "tail")),
            Stdout = stdout,
            Follow = Flag(query, "follow"),
            Timestamps = Flag(query, "timestamps"),
            Details = Flag(query, "details"),
        };
    }

    /// <summary>What a support dump takes of the log.</summary>
    /// <param name="linesDefault">Lines when the query does not say.</param>
    public static Result<DockerUcpQuery> ReadSupport(IQueryCollection query, DateTimeOffset now, long linesDefault)
    {
        var faults = new List<ProblemFault>();
        var (filter, _) = Span(query, now, faults);
        var lines = First(query, "loglines");
        long? tail = linesDefault;
        if (lines == "all") tail = null;
        else if (lines.Length > 0 && (tail = TailOf(lines)) is null) faults.Add(new(null, "loglines", "must be a number of lines or all"));
        return faults.Count > 0 ? new Problem(ProblemKind.Invalid, "The parameters are not valid.") { Faults = faults } : new DockerUcpQuery { Filter = filter, Tail = tail };
    }

    /// <summary>Both ends belong to the span, to the nanosecond.</summary>
    private static (EventFilter Filter, Timestamp? Until) Span(IQueryCollection query, DateTimeOffset now, List<ProblemFault> faults)
    {
        if (!EngineTime.TryParse(First(query, "since"), now, out var since, out var isWholeSince)) faults.Add(Fault("since"));
        if (!EngineTime.TryParse(First(query, "until"), now, out var until, out _)) faults.Add(Fault("until"));
        var filter = new EventFilter
        {
            From = since is { } from ? new Timestamp(from.Microseconds + (isWholeSince ? 0 : 1)) : null,
            To = until is { } to ? new Timestamp(to.Microseconds + 1) : null,
            Conditions = [VendorView.Condition],
        };
        return (filter, until);
    }

    /// <summary>What is no number means all, as to the Engine.</summary>
    private static long? TailOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <remarks>Source: moby, api/server/httputils, <c>BoolValue</c>.</remarks>
    private static bool Flag(IQueryCollection query, string name) => First(query, name).Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none");

    private static string First(IQueryCollection query, string name) => query[name] is [{ } first, ..] ? first : "";

    private static ProblemFault Fault(string name) => new(null, name, "is not a time: Unix seconds with a fraction, ISO 8601, or a span such as 10m");
}
