using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Ui.OneEvent;

/// <summary>An event with everything around it.</summary>
public sealed record OneEventModel(StoredEntry Entry, AuditEvent Event)
{
    public IReadOnlyList<AuditEvent> Notes { get; init; } = [];

    public IReadOnlyList<RelatedEvents> Related { get; init; } = [];

    /// <summary>Null for who may not see proofs.</summary>
    public LedgerPlace? Place { get; init; }

    public EventComparison? Comparison { get; init; }

    public bool MayNote { get; init; }

    public bool MayList { get; init; }

    public bool MayErase { get; init; }

    public JsonDiff? Change => Event.Change is { } change ? JsonDiff.Of(change.Before, change.After) : null;

    public string Json => PrettyJson.Of(Entry.Bytes);

    /// <summary>Payloads by their headings.</summary>
    public IEnumerable<(string Title, JsonElement Body)> Payloads
    {
        get
        {
            if (Event.Request?.Body is { } request) yield return ("Request payload", request);
            if (Event.Response?.Body is { } response) yield return ("Response payload", response);
            if (Event.Raw is { } raw) yield return ("The source's own record", raw);
        }
    }
}

/// <summary>Other events that share a value with this one.</summary>
/// <param name="Name">The parameter that selects them.</param>
/// <param name="Count">With this one.</param>
public sealed record RelatedEvents(string Title, string Name, string Value, long Count);

/// <summary>Another event beside this one.</summary>
/// <param name="Key">As it was asked for.</param>
/// <param name="Other">Null when it was not found.</param>
public sealed record EventComparison(string Key, AuditEvent? Other, JsonDiff? Diff, Problem? Problem);
