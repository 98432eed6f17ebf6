using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Sealing;
using Domesday.Core.Witnesses;
using Domesday.Events;
using Domesday.Server.Settings;

namespace Domesday.Server.Workers;

/// <summary>Records as events what people want to be told of and no event tells: a sink that is behind, a ledger that is broken, a witness that does not cosign, a disk that fills. Once when it begins, again when it begins again.</summary>
internal sealed class ServiceWatch(Forwarder forwarder, Sealer sealer, Witnessing witnessing, ServiceEventQueue queue, ServiceSettings settings, TimeProvider time)
{
    private const double DiskShareLeast = 0.1;

    private static readonly TimeSpan BehindMax = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public void Look()
    {
        var now = time.GetUtcNow();
        foreach (var sink in forwarder.All) Tell(IsBehind(sink, now), sink.Sink.Tenant, "sink.behind", "sink", sink.Sink.Id, sink.Sink.Name, sink.Problem ?? sink.Cursor.LastError ?? sink.State);
        foreach (var (tenant, reason) in sealer.Broken) Tell(true, tenant, "ledger.broken", "ledger", tenant, tenant, reason);
        LookAtWitnesses(Timestamp.FromDateTimeOffset(now));
        var disk = new DriveInfo(settings.Data);
        var share = disk.TotalSize == 0 ? 1 : (double)disk.AvailableFreeSpace / disk.TotalSize;
        Tell(share < DiskShareLeast, TenantName.System, "disk.low", "disk", "data", null, string.Create(CultureInfo.InvariantCulture, $"{disk.AvailableFreeSpace} bytes are free, {Math.Floor(share * 100)} %"));
    }

    private void LookAtWitnesses(Timestamp now)
    {
        if (witnessing.Witnesses.Count == 0) return;
        foreach (var tenant in sealer.Ledgers)
        {
            foreach (var (mark, witness) in witnessing.Of(tenant).Zip(witnessing.Witnesses)) Tell(mark.IsFailing(now), tenant, "witness.failed", "witness", witness.Key.Name, null, mark.Problem ?? "");
        }
    }

    private static bool IsBehind(SinkStanding sink, DateTimeOffset now) => sink.State is SinkStates.Held or SinkStates.Failed
        || sink.State == SinkStates.Retrying && now - ((sink.FailingSince ?? sink.Cursor.LastAcceptedAt)?.ToDateTimeOffset() ?? DateTimeOffset.MinValue) > BehindMax;

    private void Tell(bool isSo, string tenant, string operation, string type, string id, string? name, string reason)
    {
        var key = $"{operation} {tenant} {id}";
        if (!isSo) _told.Remove(key);
        else if (_told.Add(key))
        {
            queue.Add(tenant, new()
            {
                Action = "warn",
                Operation = operation,
                Actor = ChangeAuthor.Service.Actor,
                Resource = new() { Type = type, Id = id, Name = name },
                Outcome = new() { Result = OutcomeResult.Failure, Reason = EventText.Clean(reason) },
            });
        }
    }
}
