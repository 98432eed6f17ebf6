using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Http.Parameters;

/// <summary>What of a ledger vendors' APIs show: what the vendor's own service would have.</summary>
public static class VendorView
{
    /// <summary>The <c>source_kind</c> of notes.</summary>
    public const string NoteKind = "note";

    /// <summary>
    /// Leaves out what this service records about itself, and notes. Reading is recorded too: in a list that is paged by offsets, newest first, each page that is read
    /// would else push an event from its end onto the next one, which clients then show twice.
    /// </summary>
    public static FieldCondition Condition { get; } = FieldCondition.Is(EventField.SourceKind, ServiceEventQueue.SourceKind, NoteKind) with { Not = true };
}
