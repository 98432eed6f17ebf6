using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Domesday.Capture.Recording;
using Domesday.Events;

namespace Domesday.Capture;

/// <summary>Collects, and is applied to the event when the request ends.</summary>
internal sealed class AuditScope : IAuditScope
{
    private readonly Dictionary<string, string> _labels = [];
    private string? _action, _operation, _type, _id, _name;
    private Change? _change;
    private Reason? _reason;

    public void Resource(string? type, string? id, string? name) => (_type, _id, _name) = (EventText.Clean(type) ?? _type, EventText.Clean(id) ?? _id, EventText.Clean(name) ?? _name);

    public void Before<T>(T value, JsonTypeInfo<T> type) => Before(JsonSerializer.SerializeToElement(value, type));

    public void After<T>(T value, JsonTypeInfo<T> type) => After(JsonSerializer.SerializeToElement(value, type));

    public void Before(JsonElement value) => _change = (_change ?? new()) with { Before = value.Clone() };

    public void After(JsonElement value) => _change = (_change ?? new()) with { After = value.Clone() };

    public void Reason(string? text, string? ticket, string? approver) =>
        _reason = new() { Text = EventText.Clean(text, EventText.UriCharsMax), Ticket = EventText.Clean(ticket), Approver = EventText.Clean(approver) };

    public void Label(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.StartsWith("domesday.", StringComparison.Ordinal)) throw new ArgumentException("Labels that begin with domesday. belong to the service.", nameof(name));
        if (EventText.Clean(value, EventText.UriCharsMax) is { } clean) _labels[name] = clean;
    }

    public void Action(string action, string? operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(action);
        (_action, _operation) = (action, EventText.Clean(operation) ?? _operation);
    }

    public AuditEvent AddTo(AuditEvent made)
    {
        var resource = made.Resource ?? new();
        resource = resource with { Type = _type ?? resource.Type, Id = _id ?? resource.Id, Name = _name ?? resource.Name };
        var labels = new Dictionary<string, string>(made.Labels ?? new Dictionary<string, string>());
        foreach (var (name, value) in _labels) labels.TryAdd(name, value);
        return made with
        {
            Action = _action ?? made.Action,
            Operation = _operation ?? made.Operation,
            Resource = resource == new Events.Resource() ? null : resource,
            Change = _change ?? made.Change,
            Reason = _reason is null || _reason == new Reason() ? made.Reason : _reason,
            Labels = labels.Count == 0 ? null : labels,
        };
    }
}
