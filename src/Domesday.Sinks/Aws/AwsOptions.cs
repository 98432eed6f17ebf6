using System.Text.RegularExpressions;
using Domesday.Core.Forwarding;

namespace Domesday.Sinks.Aws;

/// <summary>Where in AWS, and how to sign in: what the settings of all sinks there have in common.</summary>
/// <param name="Region">Such as <c>us-east-1</c>.</param>
/// <param name="Partition">Such as <c>aws</c>.</param>
/// <param name="Credentials">key, role or default.</param>
internal sealed partial record AwsOptions(string Region, string Partition, string Credentials)
{
    /// <summary>An access key with its secret.</summary>
    public const string Key = "key";

    /// <summary>A role that is assumed, by the key if there is one and else by what the service itself signs in with.</summary>
    public const string Role = "role";

    /// <summary>What the service itself signs in with: environment, profile, pod or machine.</summary>
    public const string Default = "default";

    /// <summary>Names of the secrets.</summary>
    public static IReadOnlyList<string> Secrets { get; } = ["secret_key", "session_token"];

    /// <summary>What people are told about the settings here.</summary>
    public static IReadOnlyList<SettingText> Texts { get; } =
    [
        new("region", "Region", "Such as us-east-1"),
        new("partition", "Partition"),
        new("credentials", "Sign in with", "key: an access key; role: a role, also without a choice where there is its ARN; default: what the service itself has, from environment, profile, pod or machine."),
        new("access_key", "Access key"),
        new("secret_key", "Secret key"),
        new("session_token", "Session token", "Of a key for a while."),
        new("role_arn", "ARN of the role", "Assumed by the key if there is one, else by what the service itself has."),
        new("external_id", "External id of the role"),
    ];

    private static readonly (string Partition, string Suffix)[] Suffixes =
        [("aws", "amazonaws.com"), ("aws-cn", "amazonaws.com.cn"), ("aws-us-gov", "amazonaws.com"), ("aws-iso", "c2s.ic.gov"), ("aws-iso-b", "sc2s.sgov.gov")];

    public string? AccessKey { get; private init; }

    public string? SecretKey { get; private init; }

    public string? SessionToken { get; private init; }

    public string? RoleArn { get; private init; }

    public string? ExternalId { get; private init; }

    /// <summary>Reads the settings; faults stay with the reader.</summary>
    public static AwsOptions Read(SinkSettings settings)
    {
        var region = settings.Text("region", required: true) ?? "";
        if (region.Length > 0 && !RegionName().IsMatch(region)) settings.Fault("region", "must be a region of AWS, such as us-east-1");
        var partition = settings.Choice("partition", [.. Suffixes.Select(one => one.Partition)], "aws");
        var credentials = settings.Choice("credentials", [Key, Role, Default], settings.Text("role_arn") is null ? Key : Role);
        var options = new AwsOptions(region, partition, credentials)
        {
            AccessKey = settings.Text("access_key", required: credentials == Key),
            SecretKey = settings.Text("secret_key", required: credentials == Key),
            SessionToken = settings.Text("session_token"),
            RoleArn = settings.Text("role_arn", required: credentials == Role),
            ExternalId = settings.Text("external_id"),
        };
        if (options.AccessKey is null != options.SecretKey is null && credentials != Key) settings.Fault(options.AccessKey is null ? "access_key" : "secret_key", "is missing");
        return options;
    }

    /// <summary>The address of a service.</summary>
    /// <param name="endpoint">Instead of AWS's own; null: that one.</param>
    public Uri EndpointOf(string service, Uri? endpoint) => endpoint ?? new Uri($"https://{service}.{Region}.{Suffixes.First(one => one.Partition == Partition).Suffix}/");

    /// <summary>Without secrets.</summary>
    public override string ToString() => $"{Partition} {Region} by {Credentials}";

    [GeneratedRegex(@"^[a-z]{2}(-[a-z]+)+-\d{1,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex RegionName();
}
