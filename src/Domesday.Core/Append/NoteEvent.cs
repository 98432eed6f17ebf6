using Domesday.Events;

namespace Domesday.Core.Append;

/// <summary>What people add to an event: an event of its own that refers to the first, seen by whoever sees that.</summary>
public static class NoteEvent
{
    /// <param name="about">The event that it is about.</param>
    /// <param name="sequence">That event's place in the ledger.</param>
    public static AuditEvent About(AuditEvent about, long sequence, string text, Actor author, EventSource? source)
    {
        ArgumentNullException.ThrowIfNull(about);
        return new()
        {
            Action = "note",
            Service = "domesday",
            Origin = "api",
            Actor = author,
            Source = source,
            Resource = about.Resource,
            Scope = about.Scope,
            Outcome = new() { Result = OutcomeResult.Success },
            RefersTo = sequence,
            Reason = new() { Text = text },
        };
    }
}
