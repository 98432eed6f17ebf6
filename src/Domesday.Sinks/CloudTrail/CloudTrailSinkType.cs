using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudTrail;

/// <summary>Puts events into AWS CloudTrail Lake.</summary>
internal sealed class CloudTrailSinkType : ISinkType
{
    public string Name => "cloudtrail";

    public string Title => "AWS CloudTrail Lake";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("channel_arn", "ARN of the channel", "Such as arn:aws:cloudtrail:eu-west-1:123456789012:channel/…"),
        new("channel_external_id", "External id of the channel", "Where the channel's policy asks for one."),
        new("account_id", "Account", "Twelve digits; the channel's account without it."),
        .. AwsOptions.Texts,
    ];

    public IReadOnlyList<string> Secrets => AwsOptions.Secrets;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = CloudTrailOptions.Read(settings);
        return options.IsOk ? new CloudTrailSink(options.Value, context) : options.Problem;
    }
}
