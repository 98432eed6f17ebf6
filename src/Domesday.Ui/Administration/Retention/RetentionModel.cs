using Domesday.Core.Control;
using Domesday.Core.Retention;
using Domesday.Core.Storage;

namespace Domesday.Ui.Administration.Retention;

/// <param name="Bytes">With the quarantine.</param>
/// <param name="Due">What the next sweep drops as it stands.</param>
/// <param name="BytesPerDay">Null until it was measured.</param>
public sealed record RetentionModel(VersionedRetention Retention, LedgerUsage Usage, long Bytes, SweepReport? LastSweep, DroppedEvents Due, long? BytesPerDay, bool MayChange);
