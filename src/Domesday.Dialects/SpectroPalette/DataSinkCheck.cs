using System.Text.RegularExpressions;
using Domesday.Core.Problems;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>Finds every fault of a data sink before it is stored or tried.</summary>
internal static partial class DataSinkCheck
{
    public const string CloudWatchType = "cloudwatch";

    private const int SinksMax = 10;
    private const int TextCharsMax = 2_048;

    private static readonly string[] Partitions = ["aws", "aws-us-gov", "aws-iso", "aws-iso-b"];

    public static Problem? Of(DataSinkConfig config)
    {
        var faults = new List<ProblemFault>();
        var sinks = config.Spec?.AuditDataSinks ?? [];
        if (sinks.Count is 0 or > SinksMax) faults.Add(new(null, "spec.auditDataSinks", $"must have 1 to {SinksMax} sinks"));
        if (config.Metadata?.Name?.Length > TextCharsMax) faults.Add(new(null, "metadata.name", "is too long"));
        for (var i = 0; i < Math.Min(sinks.Count, SinksMax); i++)
        {
            var path = $"spec.auditDataSinks[{i}]";
            if (sinks[i].Type != CloudWatchType) faults.Add(new(null, path + ".type", $"must be {CloudWatchType}"));
            if (sinks[i].CloudWatch is { } target) Add(faults, target, path + ".cloudWatch.");
            else faults.Add(new(null, path + ".cloudWatch", "is missing"));
        }
        return ProblemOf(faults);
    }

    public static Problem? Of(CloudWatchConfig target)
    {
        var faults = new List<ProblemFault>();
        Add(faults, target, "");
        return ProblemOf(faults);
    }

    private static Problem? ProblemOf(List<ProblemFault> faults) =>
        faults.Count == 0 ? null : new(ProblemKind.Invalid, "The data sink is not valid; nothing was stored.") { Faults = faults };

    private static void Add(List<ProblemFault> faults, CloudWatchConfig target, string path)
    {
        Check("group", target.Group is { } group && LogGroup().IsMatch(group), "must be the name of a log group: 1 to 512 letters, digits and . - _ / #");
        Check("region", target.Region is { } region && Region().IsMatch(region), "must be a region of AWS, such as us-east-1");
        Check("stream", target.Stream is not { Length: > 0 } stream || LogStream().IsMatch(stream), "must be the name of a log stream: 1 to 512 characters without : and *");
        if (target.Credentials is { } credentials) AddCredentials(faults, credentials, path + "credentials.");
        else faults.Add(new(null, path + "credentials", "is missing"));

        void Check(string name, bool isGood, string reason)
        {
            if (!isGood) faults.Add(new(null, path + name, reason));
        }
    }

    private static void AddCredentials(List<ProblemFault> faults, AwsCredentials credentials, string path)
    {
        if (credentials.Partition is { Length: > 0 } partition && !Partitions.Contains(partition)) faults.Add(new(null, path + "partition", $"must be one of {string.Join(", ", Partitions)}"));
        switch (credentials.CredentialType)
        {
            case "sts":
                Need("sts.arn", credentials.Sts?.Arn);
                break;
            case "pod-identity":
                break;
            case "secret" or null or "":
                Need("accessKey", credentials.AccessKey);
                Need("secretKey", credentials.SecretKey);
                break;
            default:
                faults.Add(new(null, path + "credentialType", "must be secret, sts or pod-identity"));
                break;
        }

        void Need(string name, string? value)
        {
            if (string.IsNullOrWhiteSpace(value)) faults.Add(new(null, path + name, "is missing"));
            else if (value.Length > TextCharsMax) faults.Add(new(null, path + name, "is too long"));
        }
    }

    // Source of the two names: AWS, Amazon CloudWatch Logs API Reference, CreateLogGroup and CreateLogStream.
    [GeneratedRegex(@"^[A-Za-z0-9._/#:*-]{1,512}$", RegexOptions.CultureInvariant)]
    private static partial Regex LogGroup();

    [GeneratedRegex(@"^[^:*]{1,512}$", RegexOptions.CultureInvariant)]
    private static partial Regex LogStream();

    [GeneratedRegex(@"^[a-z]{2}(-[a-z]+)+-\d{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex Region();
}
