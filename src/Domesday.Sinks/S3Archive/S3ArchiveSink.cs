using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Events;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.S3Archive;

/// <summary>Objects of gzipped lines, each with a manifest as its last line: what it holds, its hash, and the ledger's newest signed checkpoint. Each is an export that <c>domesday verify export</c> checks.</summary>
internal sealed class S3ArchiveSink(S3ArchiveOptions options, SinkContext context) : ISink
{
    private const int EventsMax = 10_000;
    private const int BytesMax = 16 * 1024 * 1024;

    private readonly AwsSignIn _signIn = new(options.Aws, context.Environment.AwsEndpoint, context.Time);

    public SinkLimits Limits => new(EventsMax, BytesMax, BytesMax) { OverheadBytes = 1, Linger = options.Every };

    public RecordWriter Write => context.Format;

    public async ValueTask<Delivery> DeliverAsync(IReadOnlyList<SinkEvent> events, CancellationToken cancellation)
    {
        var credentials = await _signIn.CredentialsAsync(cancellation);
        // One try each: the loop tries again, and counts.
        var config = new AmazonS3Config { AuthenticationRegion = options.Aws.Region, ForcePathStyle = options.HasPathStyle || context.Environment.AwsEndpoint is not null, MaxErrorRetry = 0 };
        config.ServiceURL = (options.Endpoint ?? options.Aws.EndpointOf("s3", context.Environment.AwsEndpoint)).AbsoluteUri;
        using var client = credentials.Token is { Length: > 0 } token
            ? new AmazonS3Client(credentials.AccessKey, credentials.SecretKey, token, config)
            : new AmazonS3Client(credentials.AccessKey, credentials.SecretKey, config);
        using var body = Body(events);
        var key = KeyOf(events);
        var request = new PutObjectRequest { BucketName = options.Bucket, Key = key, InputStream = body, ContentType = "application/x-ndjson", AutoCloseStream = false };
        request.Headers.ContentEncoding = "gzip";
        if (options.LockMode is { } mode)
        {
            request.ObjectLockMode = mode;
            request.ObjectLockRetainUntilDate = context.Time.GetUtcNow().UtcDateTime.AddDays(options.LockDays);
        }
        await client.PutObjectAsync(request, cancellation);
        S3ArchiveLog.Stored(context.Logger, context.Id, events.Count, key);
        return Delivery.Accepted($"stored as {key}");
    }

    public ValueTask DisposeAsync()
    {
        _signIn.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>By tenant and day, then in the order of the ledger.</summary>
    private string KeyOf(IReadOnlyList<SinkEvent> events) => string.Create(CultureInfo.InvariantCulture,
        $"{options.Prefix}{context.Tenant}/{context.Time.GetUtcNow():yyyy/MM/dd}/{events[0].Sequence:D20}-{events[^1].Sequence:D20}.ndjson.gz");

    private MemoryStream Body(IReadOnlyList<SinkEvent> events)
    {
        var body = new MemoryStream();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var zip = new GZipStream(body, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var one in events)
            {
                byte[] line = [.. one.Payload.Span, (byte)'\n'];
                hash.AppendData(line);
                zip.Write(line);
            }
            var manifest = new ExportManifest
            {
                Tenant = context.Tenant,
                Query = string.Create(CultureInfo.InvariantCulture, $"sink={context.Id}&from_sequence={events[0].Sequence}&to_sequence={events[^1].Sequence + 1}"),
                ExportedAt = Timestamp.FromDateTimeOffset(context.Time.GetUtcNow()),
                Count = events.Count,
                FirstSequence = events[0].Sequence,
                LastSequence = events[^1].Sequence,
                Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
                Checkpoint = context.Environment.Checkpoints?.Latest(context.Tenant),
            };
            zip.Write(manifest.ToLine());
            zip.Write("\n"u8);
        }
        body.Position = 0;
        return body;
    }
}
