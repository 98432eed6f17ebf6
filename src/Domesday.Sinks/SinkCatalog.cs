using Domesday.Core.Forwarding;
using Domesday.Sinks.CloudWatch;
using Domesday.Sinks.LocalFile;
using Domesday.Sinks.Stdout;
using Domesday.Sinks.Webhook;

namespace Domesday.Sinks;

/// <summary>The types of sinks, in the order of the documentation: a new one is one folder and one line here.</summary>
public static class SinkCatalog
{
    public static IReadOnlyList<ISinkType> Types { get; } =
    [
        new CloudWatchSinkType(),
        new WebhookSinkType(),
        new LocalFileSinkType(),
        new StdoutSinkType(),
    ];
}
