using System.Globalization;
using System.Text.RegularExpressions;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.CloudWatch;

/// <summary>A log group, its streams, and how to sign in.</summary>
internal sealed partial record CloudWatchOptions(string Group, IReadOnlyList<string> Streams, AwsOptions Aws)
{
    private const int StreamsMax = 16;

    /// <param name="stream">The stream's name when none is given.</param>
    public static Result<CloudWatchOptions> Read(SinkSettings settings, string stream)
    {
        var group = settings.Text("group", required: true) ?? "";
        if (GroupArn().Match(group) is { Success: true } arn) group = arn.Groups[1].Value;
        if (group.Length > 0 && !GroupName().IsMatch(group)) settings.Fault("group", "must be the name of a log group: 1 to 512 letters, digits and . - _ / #");
        var named = settings.Text("stream") ?? stream;
        if (!StreamName().IsMatch(named)) settings.Fault("stream", "must be the name of a log stream: 1 to 500 characters without : and *");
        var streams = settings.Number("streams", 1, StreamsMax, 1);
        var aws = AwsOptions.Read(settings);
        return settings.Problem() is { } problem ? problem : new CloudWatchOptions(group, streams == 1 ? [named] : [.. Enumerable.Range(1, streams).Select(number => string.Create(CultureInfo.InvariantCulture, $"{named}-{number:00}"))], aws);
    }

    [GeneratedRegex("^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(:.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupArn();

    // Source of the two names: AWS, Amazon CloudWatch Logs API Reference, CreateLogGroup and CreateLogStream.
    [GeneratedRegex("^[A-Za-z0-9._/#-]{1,512}$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupName();

    [GeneratedRegex(@"^[^:*\p{Cc}]{1,500}$", RegexOptions.CultureInvariant)]
    private static partial Regex StreamName();
}
