using Domesday.Core.Storage;
using Domesday.Events;

namespace Domesday.Core.Retention;

/// <summary>What enforcing a tenant's retention came to.</summary>
/// <param name="Problem">Why nothing could be dropped; null when that is not so.</param>
public sealed record SweepReport(Timestamp At, DroppedEvents Dropped, string? Problem);
