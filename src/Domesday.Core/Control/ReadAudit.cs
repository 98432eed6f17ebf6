using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>Records who read what: one event for each query or export, in the ledger of the tenant that was read.</summary>
/// <remarks>
/// The event has the filter and no result. Call it once for a query and not for its further pages (those that come with a cursor).
/// Reading all tenants at once is recorded in the system ledger. Always on; it does not make the caller wait.
/// </remarks>
public sealed class ReadAudit(ServiceEventQueue queue)
{
    /// <summary>Label that holds the filter's text.</summary>
    public const string FilterLabel = "filter";

    private const int FilterCharsMax = 4_096;

    /// <summary>A search, a count, facets, a histogram, a tail, one event, a proof of many entries.</summary>
    /// <param name="operation">What was called, such as <c>events.list</c>.</param>
    /// <param name="filter">As the caller wrote it; empty for everything.</param>
    public void Read(ChangeAuthor reader, AccessScope scope, string operation, string filter) => Record("read", reader, scope, operation, filter);

    /// <summary>Data that leaves in bulk.</summary>
    /// <inheritdoc cref="Read"/>
    public void Export(ChangeAuthor reader, AccessScope scope, string operation, string filter) => Record("export", reader, scope, operation, filter);

    private void Record(string action, ChangeAuthor reader, AccessScope scope, string operation, string filter)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(scope);
        queue.Add(scope.Tenant ?? TenantName.System, new()
        {
            Action = action,
            Operation = operation,
            Actor = reader.Actor,
            Source = reader.Source,
            Resource = new() { Type = "ledger", Id = scope.Tenant ?? "*" },
            Outcome = new() { Result = OutcomeResult.Success },
            Labels = EventText.Clean(filter, FilterCharsMax) is { } text ? new Dictionary<string, string> { [FilterLabel] = text } : null,
        });
    }
}
