using Domesday.Capture.Acts;
using Domesday.Client;
using Domesday.Events.Capture;

namespace Domesday.Capture;

/// <summary>How an application is captured.</summary>
public sealed class CaptureOptions
{
    /// <summary>The service that gets the events, with a credential that may append. Required.</summary>
    public ClientOptions? Server { get; set; }

    /// <summary>Name of the component in events. Required.</summary>
    public string Service { get; set; } = "";

    /// <summary>Folder of the spool, one for each process; required. The service's policy is kept beside it.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Most bytes that wait on disk for the service, 1 MiB and more.</summary>
    public long SpoolBytesMax { get; set; } = 256L * 1024 * 1024;

    /// <summary>In force while nobody has set a policy at the service.</summary>
    public CapturePolicy Policy { get; set; } = CapturePolicy.Default with { Ignore = [] };

    /// <summary>Whether the service's policy is followed; without it <see cref="Policy"/> is in force always.</summary>
    public bool FollowsServer { get; set; } = true;

    /// <summary>What routes mean, where endpoints do not say it by <see cref="AuditAttribute"/>.</summary>
    public IList<RouteTemplate> Routes { get; } = [];

    /// <summary>
    /// For tests: a request that may change something and is answered with success fails with <see cref="MissingEventException"/> when it leaves no event, and
    /// <see cref="EndpointCoverage"/> lists the endpoints that were never tried.
    /// </summary>
    public bool FailsWithoutEvent { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    internal void Check()
    {
        if (Server is null) throw new InvalidOperationException($"{nameof(CaptureOptions)}.{nameof(Server)} is not set.");
        if (Service.Length == 0) throw new InvalidOperationException($"{nameof(CaptureOptions)}.{nameof(Service)} is not set.");
        if (Folder.Length == 0) throw new InvalidOperationException($"{nameof(CaptureOptions)}.{nameof(Folder)} is not set.");
    }
}
