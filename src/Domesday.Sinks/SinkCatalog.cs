using Domesday.Core.Forwarding;
using Domesday.Sinks.CloudTrail;
using Domesday.Sinks.CloudWatch;
using Domesday.Sinks.ElasticBulk;
using Domesday.Sinks.LocalFile;
using Domesday.Sinks.Mail;
using Domesday.Sinks.OtlpOut;
using Domesday.Sinks.S3Archive;
using Domesday.Sinks.SplunkHec;
using Domesday.Sinks.Stdout;
using Domesday.Sinks.SyslogOut;
using Domesday.Sinks.TcpLines;
using Domesday.Sinks.Webhook;

namespace Domesday.Sinks;

/// <summary>The types of sinks, in the order of the documentation: a new one is one folder and one line here.</summary>
public static class SinkCatalog
{
    public static IReadOnlyList<ISinkType> Types { get; } =
    [
        new CloudWatchSinkType(),
        new CloudTrailSinkType(),
        new S3ArchiveSinkType(),
        new SyslogOutSinkType(),
        new WebhookSinkType(),
        new SplunkHecSinkType(),
        new ElasticBulkSinkType(),
        new OtlpOutSinkType(),
        new TcpLinesSinkType(),
        new MailSinkType(),
        new LocalFileSinkType(),
        new StdoutSinkType(),
    ];
}
