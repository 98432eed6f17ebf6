using System.Diagnostics.CodeAnalysis;
using Domesday.Events.Capture;

namespace Domesday.Capture.Acts;

/// <summary>Any HTTP API: by templates of its routes, and where none fits by what most APIs have in common.</summary>
public sealed class RouteActs : IActDecoder
{
    private readonly Compiled[] _templates;

    /// <param name="templates">The first that fits decides.</param>
    /// <exception cref="FormatException">One of them is no template.</exception>
    public RouteActs(string service, IEnumerable<RouteTemplate> templates)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        Service = service;
        _templates = [.. templates.Select(template => new Compiled(template))];
    }

    public string Service { get; }

    public Act Decode(string method, RequestPath path, string target)
    {
        ArgumentNullException.ThrowIfNull(path);
        foreach (var template in _templates)
        {
            if (template.TryMatch(method, path.Segments, out var act)) return act;
        }
        return ByHabit(method, path.Segments);
    }

    /// <summary>Collections and ids in turn: <c>/api/v2/orders/4711/refunds</c> acts upon the refunds of an order.</summary>
    private static Act ByHabit(string method, IReadOnlyList<string> segments)
    {
        var (type, id) = ((string?)null, (string?)null);
        foreach (var segment in segments)
        {
            if (IsId(segment)) id = segment;
            else if (segment is not "api" && !IsVersion(segment)) (type, id) = (segment, null);
        }
        var isCreate = method == "POST" && id is null;
        return new() { Action = HttpVerb.ActionOf(method), ResourceType = type, ResourceId = id, CreatedId = isCreate ? ["id", "ID", "Id", "uuid", "uid"] : [], CreatedName = isCreate ? ["name"] : [] };
    }

    private static bool IsId(string segment) => segment.All(char.IsAsciiDigit) || Guid.TryParse(segment, out _)
        || segment.Length >= 12 && segment.Any(char.IsAsciiDigit) && segment.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_');

    private static bool IsVersion(string segment) => segment.Length is > 1 and <= 8 && segment[0] is 'v' or 'V' && segment.Skip(1).All(unit => char.IsAsciiDigit(unit) || unit == '.');

    private sealed class Compiled
    {
        private readonly RouteTemplate _template;
        private readonly string[] _segments;

        public Compiled(RouteTemplate template)
        {
            _template = template;
            _segments = template.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var inner = _segments.SkipLast(1).Any(segment => segment.StartsWith("{**", StringComparison.Ordinal));
            if (!template.Path.StartsWith('/') || inner || _segments.Any(segment => segment.StartsWith('{') != segment.EndsWith('}')))
                throw new FormatException($"The route {template.Path} is no template such as /orders/{{id}} or /files/{{**path}}.");
        }

        public bool TryMatch(string method, IReadOnlyList<string> path, [NotNullWhen(true)] out Act? act)
        {
            act = null;
            if (_template.Methods is { } methods && !methods.Contains(method)) return false;
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            for (var at = 0; at < _segments.Length; at++)
            {
                var segment = _segments[at];
                if (segment.StartsWith("{**", StringComparison.Ordinal))
                {
                    values[segment[3..^1]] = string.Join('/', path.Skip(at));
                    act = Fill(method, values);
                    return true;
                }
                if (at >= path.Count) return false;
                if (segment.StartsWith('{')) values[segment[1..^1]] = path[at];
                else if (segment != path[at]) return false;
            }
            if (path.Count != _segments.Length) return false;
            act = Fill(method, values);
            return true;
        }

        private Act Fill(string method, Dictionary<string, string> values) => new()
        {
            Action = _template.Action ?? HttpVerb.ActionOf(method),
            Operation = _template.Operation,
            Service = _template.Service,
            ResourceType = _template.ResourceType,
            SubType = _template.SubType,
            ResourceId = Filled(_template.ResourceId ?? "{id}", values),
            ResourceName = Filled(_template.ResourceName ?? "{name}", values),
            Namespace = Filled(_template.Namespace ?? "{namespace}", values),
            CreatedId = _template.CreatedId is { } member ? [member] : [],
        };

        /// <returns>Null when a value is missing.</returns>
        private static string? Filled(string text, Dictionary<string, string> values)
        {
            foreach (var (name, value) in values) text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal);
            return text.Contains('{', StringComparison.Ordinal) || text.Length == 0 ? null : text;
        }
    }
}
