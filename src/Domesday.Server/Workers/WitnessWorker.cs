using Domesday.Core.Nodes;
using Domesday.Core.Witnesses;
using Domesday.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Asks witnesses again and again; of several nodes the one that seals does.</summary>
internal sealed class WitnessWorker(Witnessing witnessing, IWorkLeases nodes, ServiceSettings settings, TimeProvider time, ILogger<WitnessWorker> logger)
    : LeasedWorker(Work.Sealing, settings.WitnessPause, nodes, time, logger)
{
    protected override Task TurnAsync(CancellationToken cancellation) => witnessing.Witnesses.Count == 0 ? Task.CompletedTask : witnessing.TurnAsync(cancellation).AsTask();
}
