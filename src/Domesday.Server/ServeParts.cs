using System.Diagnostics.Metrics;
using Domesday.Core.Forwarding;
using Domesday.Core.Nodes;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Dialects;
using Domesday.Http.PlugIns;
using Domesday.Ingest;
using Domesday.Server.Settings;
using Domesday.Sinks;
using Microsoft.Extensions.Logging;

namespace Domesday.Server;

/// <summary>What the service is put together from, beyond its settings.</summary>
public sealed record ServeParts
{
    /// <summary>Opens the storage engine; called once, and the store is disposed when the service stops.</summary>
    public Func<StoreContext, CancellationToken, ValueTask<StorePair>> OpenStore { get; init; } = StoreCatalog.OpenAsync;

    /// <summary>The sources that hand in events over HTTP, in the order of their catalogue.</summary>
    public IReadOnlyList<IIngestSource> Sources { get; init; } = IngestCatalog.Sources;

    /// <summary>The vendors' APIs that the service answers to, in the order of their catalogue.</summary>
    public IReadOnlyList<IDialect> Dialects { get; init; } = DialectCatalog.Dialects;

    /// <summary>The kinds of receivers that events are forwarded to.</summary>
    public IReadOnlyList<ISinkType> Sinks { get; init; } = SinkCatalog.Types;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>What an engine may need to open.</summary>
public sealed record StoreContext(ServiceSettings Settings, TimeProvider Time, Meter Meter, ILoggerFactory Loggers);

/// <summary>The two faces of one engine.</summary>
public sealed record StorePair(IEventStore Store, IEventReader Reader)
{
    /// <summary>The service's other nodes.</summary>
    public IWorkLeases Nodes { get; init; } = SoleNode.Instance;

    /// <summary>Null when there can be no other node.</summary>
    public ICheckpointShare? Checkpoints { get; init; }

    /// <summary>Null when there can be no other node.</summary>
    public ISharedFiles? Files { get; init; }

    /// <summary>Null when there can be no other node.</summary>
    public IKeptFiles? KeptByForwarding { get; init; }

    /// <summary>Null when there can be no other node.</summary>
    public IKeptFiles? KeptByAlerts { get; init; }

    /// <summary>Null when there can be no other node.</summary>
    public IKeptFiles? AskedOfForwarding { get; init; }
}
