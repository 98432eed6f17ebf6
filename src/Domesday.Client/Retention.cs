using System.Globalization;
using System.Text.Json.Serialization;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>How long a tenant's events are kept.</summary>
public sealed class Retention
{
    private const string Path = "retention";

    private readonly ApiTransport _transport;

    internal Retention(ApiTransport transport) => _transport = transport;

    /// <exception cref="ProblemException">The service refused it.</exception>
    public Task<RetentionInfo> GetAsync(CancellationToken cancellation) => _transport.GetAsync(Path, "", ClientJson.Default.RetentionInfo, cancellation);

    /// <summary>Sets the whole policy by a number of days.</summary>
    /// <param name="days">Null: for ever.</param>
    /// <param name="bytesMax">What events may take; null: as much as the disk has.</param>
    /// <param name="version">The version that the change is made of; null: whichever.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<RetentionInfo> SetDaysAsync(int? days, long? bytesMax, long? version, CancellationToken cancellation) =>
        PutAsync(() => JsonBody.Of(new RetentionDays(days, bytesMax), ClientJson.Default.RetentionDays), version, cancellation);

    /// <summary>Sets the whole policy by a preset.</summary>
    /// <param name="preset">pcd, runai, upcloud or palette.</param>
    /// <inheritdoc cref="SetDaysAsync"/>
    public Task<RetentionInfo> SetPresetAsync(string preset, long? bytesMax, long? version, CancellationToken cancellation) =>
        PutAsync(() => JsonBody.Of(new RetentionPreset(preset, bytesMax), ClientJson.Default.RetentionPreset), version, cancellation);

    private Task<RetentionInfo> PutAsync(Func<HttpContent> content, long? version, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Put, Path)
        {
            Content = content,
            Headers = version is { } seen ? [("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{seen}\""))] : [],
        }, ClientJson.Default.RetentionInfo, cancellation);
}

/// <param name="Days">Null: for ever.</param>
/// <param name="Preset">Where the days come from; null when they were given as a number.</param>
/// <param name="BytesMax">New events are refused at this size; null: no cap.</param>
/// <param name="Warning">What somebody should see to; null when there is nothing.</param>
public sealed record RetentionInfo(string Tenant, long Version, int? Days, string? Preset, long? BytesMax, string? Warning, RetentionStatus Status);

/// <param name="DroppedEvents">Since the ledger began.</param>
/// <param name="Held">What the next sweep would drop as well, were there no holds.</param>
/// <param name="HeldFrom">Sequence from which on holds keep everything; null when they keep nothing.</param>
/// <param name="BytesPerDay">By the events of the last day; null until it is measured.</param>
/// <param name="CapShare">1 is full; null without a cap.</param>
/// <param name="Disk">Null but for those who run the service.</param>
public sealed record RetentionStatus(
    long Events, long Bytes, long DroppedEvents, OldestEvent? Oldest, LastSweep? LastSweep, LastDrop? LastDrop, DueEvents Due, DueEvents? Held, long? HeldFrom, long? BytesPerDay, double? CapShare, Timestamp? CapFullAt, DiskRoom? Disk);

/// <summary>The oldest event that is kept.</summary>
public sealed record OldestEvent(long Sequence, Timestamp? Time, Timestamp? ReceivedAt);

/// <summary>When retention was last enforced, and what that dropped.</summary>
/// <param name="Problem">Why nothing could be dropped; null when that is not so.</param>
public sealed record LastSweep(Timestamp At, long DroppedEvents, long DroppedBytes, string? Problem);

/// <summary>When retention last dropped something, however long ago.</summary>
public sealed record LastDrop(Timestamp At, long DroppedEvents, long DroppedBytes);

/// <summary>What the next sweep drops.</summary>
public sealed record DueEvents(long Events, long Bytes);

/// <param name="FullAt">At the rate of the last day, if nothing is dropped.</param>
public sealed record DiskRoom(long FreeBytes, long? BytesPerDay, Timestamp? FullAt);

internal sealed record RetentionDays([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Days, long? BytesMax);

internal sealed record RetentionPreset(string Preset, long? BytesMax);
