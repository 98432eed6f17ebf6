using Domesday.Events;

namespace Domesday.Client;

/// <summary>Which events are meant: the same for lists, facets, histogram, export and tail. Nothing said: all.</summary>
/// <remarks>All conditions hold together; several values of one field are alternatives. The parameters are described in docs/query.md.</remarks>
public sealed class EventSelection
{
    private readonly (string Name, string Value)[] _parameters;

    private EventSelection((string Name, string Value)[] parameters) => _parameters = parameters;

    public static EventSelection All { get; } = new([]);

    /// <summary>Parameters that compare a field with values.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        "action", "actor_id", "actor_name", "actor_type", "cluster", "cluster_id", "domain", "level", "operation", "origin", "project", "project_id", "refers_to", "region",
        "request_id", "resource_id", "resource_name", "resource_namespace", "resource_sub_type", "resource_type", "result", "service", "session", "source_ip", "source_kind", "status", "ticket",
    ];

    /// <summary>Only events whose field has one of the values.</summary>
    /// <param name="field">One of <see cref="Fields"/>.</param>
    public EventSelection Where(string field, params IEnumerable<string> values) => With(field, Joined(values));

    /// <summary>Only events whose field has none of the values, or no value at all.</summary>
    /// <param name="field">One of <see cref="Fields"/>.</param>
    public EventSelection Except(string field, params IEnumerable<string> values) => With("exclude_" + field, Joined(values));

    /// <summary>Only events that happened then or later.</summary>
    public EventSelection From(Timestamp time) => With("from", time.ToString());

    /// <summary>Only events that happened before.</summary>
    public EventSelection To(Timestamp time) => With("to", time.ToString());

    /// <summary>Only events in which a resource id, an actor's name or id, a source address or a request id is this text; with <paramref name="isPart"/> those that have it as a part.</summary>
    public EventSelection Matching(string text, bool isPart = false) => isPart ? With("q", text).With("q_mode", "substring") : With("q", text);

    /// <summary>Any parameter, as docs/query.md has it; the service refuses what it does not know.</summary>
    public EventSelection With(string parameter, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(parameter);
        ArgumentNullException.ThrowIfNull(value);
        return new([.. _parameters, (parameter, value)]);
    }

    /// <summary>As a query string, without a question mark.</summary>
    public override string ToString() => string.Join('&', _parameters.Select(parameter => $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}"));

    private static string Joined(IEnumerable<string> values) => string.Join(',', values.Select(value =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)));
}
