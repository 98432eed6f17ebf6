using System.Globalization;
using System.Text.Json;
using Domesday.Core.Forwarding;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>The data sinks of a tenant as Palette's clients send them and get them back.</summary>
internal sealed record DataSinkConfig
{
    public DataSinkMetadata? Metadata { get; init; }

    public DataSinkSpec? Spec { get; init; }

    /// <summary>Not the vendor's: what has become of the sink.</summary>
    public DataSinkStatus? Status { get; init; }
}

internal sealed record DataSinkMetadata
{
    public string? Name { get; init; }

    public string? Uid { get; init; }

    public string? CreationTimestamp { get; init; }

    public string? LastModifiedTimestamp { get; init; }
}

internal sealed record DataSinkSpec
{
    public IReadOnlyList<DataSink>? AuditDataSinks { get; init; }
}

internal sealed record DataSink
{
    public string? Type { get; init; }

    public CloudWatchConfig? CloudWatch { get; init; }
}

/// <summary>Where in CloudWatch Logs events shall go.</summary>
internal sealed record CloudWatchConfig
{
    public string? Group { get; init; }

    public string? Region { get; init; }

    public string? Stream { get; init; }

    public AwsCredentials? Credentials { get; init; }
}

/// <summary>How to sign in to AWS. Its secret never leaves the service again.</summary>
internal sealed record AwsCredentials
{
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary><c>secret</c>, <c>sts</c> or <c>pod-identity</c>.</summary>
    public string? CredentialType { get; init; }

    public string? Partition { get; init; }

    public AwsRole? Sts { get; init; }

    public IReadOnlyList<string>? PolicyARNs { get; init; }

    /// <summary>Without the secret, so that it cannot slip into a log.</summary>
    public override string ToString() => CredentialType ?? "";
}

internal sealed record AwsRole
{
    public string? Arn { get; init; }

    public string? ExternalId { get; init; }
}

/// <summary>What a client pushes to a receiver that is not kept.</summary>
internal sealed record DataSinkPush(IReadOnlyList<JsonElement>? Payload, CloudWatchConfig? Spec);

/// <param name="State">One word.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record DataSinkStatus(string State, string Message)
{
    /// <param name="standings">How each of the targets stands; null for one that is not known yet.</param>
    public static DataSinkStatus Of(IReadOnlyList<SinkStanding?> standings)
    {
        var known = standings.OfType<SinkStanding>().ToList();
        if (known.Count < standings.Count) return new("starting", "The data sink is being started.");
        var worst = known.FirstOrDefault(standing => standing.State != SinkStates.Running) ?? known[0];
        var counts = string.Create(CultureInfo.InvariantCulture, $"{known.Sum(one => one.Cursor.Accepted)} events were taken, {known.Sum(one => one.Cursor.Rejected)} rejected.");
        var trouble = worst.Problem ?? (worst.State == SinkStates.Running ? null : worst.Cursor.LastError);
        return new(worst.State, trouble is null ? counts : $"{counts} {trouble}");
    }
}
