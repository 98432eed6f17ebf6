using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.S3Archive;

/// <summary>Archives events in S3 or in a store that speaks it.</summary>
internal sealed class S3ArchiveSinkType : ISinkType
{
    public string Name => "s3";

    public IReadOnlyList<string> Secrets => AwsOptions.Secrets;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = S3ArchiveOptions.Read(settings);
        return options.IsOk ? new S3ArchiveSink(options.Value, context) : options.Problem;
    }
}
