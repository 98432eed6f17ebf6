using Domesday.Core.Erasures;
using Domesday.Core.Nodes;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Workers;

/// <summary>Carries out erasures that a stop of the service or of its store left unfinished: at the start, and every minute; of several nodes the one that enforces retention does.</summary>
internal sealed class ErasureWorker(ErasureDirectory erasures, IWorkLeases nodes, TimeProvider time, ILogger<ErasureWorker> logger)
    : LeasedWorker(Work.Retention, TimeSpan.FromMinutes(1), nodes, time, logger)
{
    protected override Task TurnAsync(CancellationToken cancellation) => erasures.FinishAsync(cancellation).AsTask();
}
