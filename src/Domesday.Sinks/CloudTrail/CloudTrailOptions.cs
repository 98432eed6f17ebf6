using System.Text.RegularExpressions;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudTrail;

/// <param name="ChannelArn">The channel of an event data store.</param>
/// <param name="AccountId">Twelve digits: whose events they are.</param>
/// <param name="ExternalId">The channel's, for a custom integration; null for none.</param>
internal sealed partial record CloudTrailOptions(string ChannelArn, string AccountId, string? ExternalId, AwsOptions Aws)
{
    public static Result<CloudTrailOptions> Read(SinkSettings settings)
    {
        var channel = settings.Text("channel_arn", required: true) ?? "";
        if (channel.Length > 0 && !Channel().IsMatch(channel)) settings.Fault("channel_arn", "must be the ARN of a channel: arn:aws:cloudtrail:REGION:ACCOUNT:channel/ID");
        var account = settings.Text("account_id") ?? (channel.Split(':') is [_, _, _, _, var owner, ..] ? owner : "");
        if (!Account().IsMatch(account)) settings.Fault("account_id", "must be the twelve digits of an account");
        var options = new CloudTrailOptions(channel, account, settings.Text("channel_external_id"), AwsOptions.Read(settings));
        return settings.Problem() is { } problem ? problem : options;
    }

    [GeneratedRegex("^arn:[a-z-]+:cloudtrail:[a-z0-9-]+:[0-9]{12}:channel/[A-Za-z0-9-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Channel();

    [GeneratedRegex("^[0-9]{12}$", RegexOptions.CultureInvariant)]
    private static partial Regex Account();
}
