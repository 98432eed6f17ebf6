using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Domesday.Capture;

/// <summary>What the application knows about the request that it is handling, for the request's event. Scoped: one for each request.</summary>
/// <remarks>Secrets are the application's own care here: only bodies are redacted. For one thread at a time.</remarks>
public interface IAuditScope
{
    /// <summary>What is acted upon; null leaves a part as it was read off the route.</summary>
    void Resource(string? type = null, string? id = null, string? name = null);

    /// <summary>How the resource was before.</summary>
    void Before<T>(T value, JsonTypeInfo<T> type);

    /// <summary>How it is afterwards.</summary>
    void After<T>(T value, JsonTypeInfo<T> type);

    void Before(JsonElement value);

    void After(JsonElement value);

    /// <summary>Why it is done.</summary>
    void Reason(string? text = null, string? ticket = null, string? approver = null);

    /// <summary>Names and values that the event model has no member for; not beginning with <c>domesday.</c>.</summary>
    void Label(string name, string value);

    /// <summary>The action, where the endpoint does several.</summary>
    void Action(string action, string? operation = null);
}
