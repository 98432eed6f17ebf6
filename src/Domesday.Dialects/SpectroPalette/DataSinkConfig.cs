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

/// <param name="State">One word.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record DataSinkStatus(string State, string Message)
{
    public static DataSinkStatus Stored { get; } = new("stored", "The data sink is stored. This version does not forward events yet: nothing is sent to it.");
}
