using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Amazon.Runtime;
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
        using var client = Client(credentials);
        using var body = Body(events);
        var key = KeyOf(events);
        try
        {
            await client.PutObjectAsync(Request(key, body), cancellation);
        }
        catch (AmazonS3Exception refused) when (!string.IsNullOrEmpty(refused.ErrorCode))
        {
            // Whatever is wrong is wrong with the way there, the bucket or the credentials, and never with events: it passes some day.
            return Delivery.Later($"HTTP {(int)refused.StatusCode} {refused.ErrorCode}: {refused.Message}");
        }
        S3ArchiveLog.Stored(context.Logger, context.Id, events.Count, key);
        return Delivery.Accepted($"stored as {key}");
    }

    public ValueTask DisposeAsync()
    {
        _signIn.Dispose();
        return ValueTask.CompletedTask;
    }

    private AmazonS3Client Client(ImmutableCredentials credentials)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Aws.Region,
            ForcePathStyle = options.HasPathStyle || context.Environment.AwsEndpoint is not null,
            // One try each: the loop tries again, and counts.
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ServiceURL = (options.Endpoint ?? options.Aws.EndpointOf("s3", context.Environment.AwsEndpoint)).AbsoluteUri,
        };
        return credentials.Token is { Length: > 0 } token
            ? new AmazonS3Client(credentials.AccessKey, credentials.SecretKey, token, config)
            : new AmazonS3Client(credentials.AccessKey, credentials.SecretKey, config);
    }

    /// <summary>In one piece, with its hash in the signature: the package's own way, chunks with a checksum behind them, is unknown to many stores that speak S3.</summary>
    /// <remarks>A locked object needs a checksum of its own. Source: AWS, Amazon S3 API Reference, PutObject, «Content-MD5».</remarks>
    private PutObjectRequest Request(string key, MemoryStream body)
    {
        var request = new PutObjectRequest { BucketName = options.Bucket, Key = key, InputStream = body, ContentType = "application/x-ndjson", AutoCloseStream = false, UseChunkEncoding = false };
        request.Headers.ContentEncoding = "gzip";
        request.ChecksumAlgorithm = ChecksumAlgorithm.SHA256;
        request.ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
        if (options.LockMode is { } mode)
        {
            request.ObjectLockMode = mode;
            request.ObjectLockRetainUntilDate = context.Time.GetUtcNow().UtcDateTime.AddDays(options.LockDays);
        }
        return request;
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
