using System.Diagnostics.Metrics;
using Domesday.Core.Forwarding;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Storage.Embedded;
using Domesday.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Server.Move;

/// <summary>The command <c>domesday move</c>: takes ledgers from one engine to the other while no service runs.</summary>
public static class MoveHost
{
    /// <returns>What stands in the way; null when everything was moved and verified.</returns>
    /// <exception cref="IOException">A store cannot be opened: a service has it, or it is not there.</exception>
    public static async Task<string?> RunAsync(MoveOrder order, IProgress<MoveProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        return (await MoveAsync(order, progress, cancellation))?.Detail;
    }

    private static async Task<Problem?> MoveAsync(MoveOrder order, IProgress<MoveProgress> progress, CancellationToken cancellation)
    {
        var folder = Path.Combine(order.Data, StoreCatalog.EmbeddedFolder);
        if (order.ToPostgres && !Directory.Exists(folder)) return new(ProblemKind.Invalid, $"There is no embedded store in {order.Data}.");
        using var meter = new Meter("move");
        var arrival = new ArrivalTime();
        await using var embedded = EmbeddedStore.Open(folder, new EngineOptions(), TimeProvider.System, NullLogger.Instance, meter);
        await using var postgres = await PostgresStore.OpenAsync(new() { ConnectionString = order.Postgres, Lanes = 1 }, arrival, NullLogger.Instance, meter, cancellation);
        if (await postgres.HasNodesAsync(cancellation)) return new(ProblemKind.Conflict, "A node of the service runs on the database: stop all of them first. One that was killed is gone after some seconds.");
        var notes = SignedCheckpoints.Read(order.Data);
        if (!notes.IsOk) return notes.Problem;
        var (inFolder, inDatabase) = (new StorePair(embedded, embedded.Reader), new StorePair(postgres, postgres.Reader));
        if (!order.ToPostgres && SignedCheckpoints.Keep(order.Data, await postgres.Checkpoints.ReadAsync(cancellation)) is { } damaged) return damaged;
        if (!order.ToPostgres) notes = SignedCheckpoints.Read(order.Data);
        var move = order.ToPostgres ? new StoreMove(inFolder, inDatabase, postgres, arrival, notes.Value, progress) : new StoreMove(inDatabase, inFolder, embedded, arrival, notes.Value, progress);
        if (await move.RunAsync(cancellation) is { } problem) return problem;
        Take(order, new FolderFiles(Path.Combine(order.Data, ForwardingComposition.SinksFolder)), postgres.KeptByForwarding);
        Take(order, new FolderFiles(Path.Combine(order.Data, ForwardingComposition.AlertsFolder)), postgres.KeptByAlerts);
        return null;
    }

    /// <summary>How far sinks and alerts are: without it they would begin anew, or leave out what came meanwhile.</summary>
    private static void Take(MoveOrder order, IKeptFiles folder, IKeptFiles database)
    {
        var (from, to) = order.ToPostgres ? (folder, database) : (database, folder);
        foreach (var name in from.Names)
        {
            if (from.Read(name) is { } content) to.Replace(name, content);
        }
    }
}
