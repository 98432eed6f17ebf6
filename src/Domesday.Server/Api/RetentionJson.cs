using System.Text.Json.Serialization;
using Domesday.Core.Storage;
using Domesday.Events;

namespace Domesday.Server.Api;

/// <summary>A tenant's retention as the API shows it; null is said, because it means for ever, or no cap.</summary>
/// <param name="Warning">What somebody should see to; null when there is nothing.</param>
internal sealed record RetentionBody(string Tenant, long Version, int? Days, string? Preset, long? BytesMax, string? Warning, RetentionStatusBody Status);

/// <param name="DroppedEvents">Since the ledger began.</param>
/// <param name="Oldest">Null when no event is kept.</param>
/// <param name="LastDrop">The last one that dropped something, however long ago; null when none did.</param>
/// <param name="LastSweep">Null until retention was enforced since the start, and for tenants that keep everything.</param>
/// <param name="Due">What the next sweep drops as it stands.</param>
/// <param name="Held">What it would drop as well, were there no holds.</param>
/// <param name="HeldFrom">Sequence from which on holds keep everything; null when they keep nothing.</param>
/// <param name="BytesPerDay">By the events of the last day; null until it is measured.</param>
/// <param name="CapShare">1 is full; null without a cap.</param>
/// <param name="CapFullAt">When the cap is reached at that rate; null when it is not within a hundred years.</param>
/// <param name="Disk">For those who run the service alone: it tells of all tenants.</param>
internal sealed record RetentionStatusBody(
    long Events,
    long Bytes,
    long DroppedEvents,
    OldestEventBody? Oldest,
    LastSweepBody? LastSweep,
    LastDropBody? LastDrop,
    DroppedEvents Due,
    DroppedEvents Held,
    long? HeldFrom,
    long? BytesPerDay,
    double? CapShare,
    Timestamp? CapFullAt,
    DiskBody? Disk);

internal sealed record OldestEventBody(long Sequence, Timestamp? Time, Timestamp? ReceivedAt);

/// <param name="Problem">Why nothing could be dropped; null when that is not so.</param>
internal sealed record LastSweepBody(Timestamp At, long DroppedEvents, long DroppedBytes, string? Problem);

internal sealed record LastDropBody(Timestamp At, long DroppedEvents, long DroppedBytes);

/// <param name="BytesPerDay">Of all ledgers.</param>
/// <param name="FullAt">At that rate, if nothing is dropped; null when it is not within a hundred years.</param>
internal sealed record DiskBody(long FreeBytes, long? BytesPerDay, Timestamp? FullAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RetentionBody))]
internal sealed partial class RetentionJson : JsonSerializerContext;
