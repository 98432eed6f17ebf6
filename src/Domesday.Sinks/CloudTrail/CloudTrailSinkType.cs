using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudTrail;

/// <summary>Puts events into AWS CloudTrail Lake.</summary>
internal sealed class CloudTrailSinkType : ISinkType
{
    public string Name => "cloudtrail";

    public IReadOnlyList<string> Secrets => AwsOptions.Secrets;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = CloudTrailOptions.Read(settings);
        return options.IsOk ? new CloudTrailSink(options.Value, context) : options.Problem;
    }
}
