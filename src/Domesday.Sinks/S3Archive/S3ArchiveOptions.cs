using Amazon.S3;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.S3Archive;

/// <param name="Prefix">Of the objects' names; ends with a slash unless it is empty.</param>
/// <param name="Endpoint">A store that speaks S3; null for AWS.</param>
/// <param name="LockMode">GOVERNANCE or COMPLIANCE; null: objects are not locked.</param>
/// <param name="LockDays">How long each object is locked.</param>
/// <param name="Every">How long a batch waits for more.</param>
internal sealed record S3ArchiveOptions(string Bucket, string Prefix, Uri? Endpoint, bool HasPathStyle, ObjectLockMode? LockMode, int LockDays, TimeSpan Every, AwsOptions Aws)
{
    private const int LockDaysMax = 36_500;
    private const int EverySecondsMax = 3_600;
    private const int EverySecondsAbsent = 60;

    public static Result<S3ArchiveOptions> Read(SinkSettings settings)
    {
        var prefix = settings.Text("prefix") ?? "";
        if (prefix.Length > 0 && prefix[^1] != '/') prefix += "/";
        var mode = settings.Choice("lock_mode", ["none", "governance", "compliance"], "none");
        var endpoint = settings.Url("endpoint");
        var options = new S3ArchiveOptions(
            settings.Text("bucket", required: true) ?? "", prefix, endpoint, settings.Flag("path_style", absent: endpoint is not null),
            mode switch { "governance" => ObjectLockMode.Governance, "compliance" => ObjectLockMode.Compliance, _ => null },
            settings.Number("lock_days", 1, LockDaysMax, 365), TimeSpan.FromSeconds(settings.Number("every_seconds", 1, EverySecondsMax, EverySecondsAbsent)), AwsOptions.Read(settings));
        return settings.Problem() is { } problem ? problem : options;
    }
}
