using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudWatch;

/// <summary>Puts events into a log stream of Amazon CloudWatch Logs.</summary>
internal sealed class CloudWatchSinkType : ISinkType
{
    public string Name => "cloudwatch";

    public string Title => "AWS CloudWatch Logs";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("group", "Log group", "Made when it is missing."),
        new("stream", "Log stream", "Made when it is missing; domesday-<tenant> without it."),
        new("streams", "Streams", "Events are spread over so many, which are filled side by side; 1 without it."),
        .. AwsOptions.Texts,
    ];

    public IReadOnlyList<string> Secrets => AwsOptions.Secrets;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = CloudWatchOptions.Read(settings, $"domesday-{context.Tenant}");
        return options.IsOk ? new CloudWatchSink(options.Value, context) : options.Problem;
    }
}
