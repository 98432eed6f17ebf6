using Domesday.Core.Storage;
using Domesday.Events;

namespace Domesday.Core.Retention;

/// <summary>What enforcing a tenant's retention came to.</summary>
/// <param name="Problem">Why nothing could be dropped; null when that is not so.</param>
public sealed record SweepReport(Timestamp At, DroppedEvents Dropped, string? Problem);

/// <summary>What the next sweep would come to.</summary>
/// <param name="Due">What it would drop.</param>
/// <param name="Held">What it would drop as well, were there no holds.</param>
/// <param name="HeldFrom">Sequence from which on holds keep everything; null when they keep nothing.</param>
public sealed record DueReport(DroppedEvents Due, DroppedEvents Held, long? HeldFrom);
