using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.S3;
using Domesday.Server.Tests;
using Domesday.Sinks.Tests.Aws;

namespace Domesday.Sinks.Tests.S3Archive;

/// <summary>What people rely on who have events archived in S3. Needs moto.</summary>
public class S3ArchiveTests
{
    [Fact]
    public async Task Objects_are_locked_and_tell_by_their_manifest_what_they_hold()
    {
        await using var aws = await MotoServer.StartAsync("s3:*");
        // moto does not check the signatures that S3's own package makes.
        await aws.EnforceAsync(false);
        using var s3 = new AmazonS3Client(aws.AccessKey, aws.SecretKey, new AmazonS3Config { ServiceURL = aws.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await s3.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = "archive", ObjectLockEnabledForBucket = true }, TestContext.Current.CancellationToken);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var id = await service.SinkAsync("s3", new()
        {
            ["bucket"] = "archive",
            ["prefix"] = "audit",
            ["region"] = "us-east-1",
            ["access_key"] = aws.AccessKey,
            ["secret_key"] = aws.SecretKey,
            ["lock_mode"] = "compliance",
            ["lock_days"] = 30,
        });
        await service.AppendAsync(25);
        await service.SinkWhenAsync(id, sink => sink.Number("accepted") >= 25 && sink.Number("lag_events") == 0);
        var objects = (await s3.ListObjectsV2Async(new() { BucketName = "archive", Prefix = "audit/default/" }, TestContext.Current.CancellationToken)).S3Objects;
        var sequences = new List<long>();
        foreach (var one in objects.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var found = await s3.GetObjectAsync("archive", one.Key, TestContext.Current.CancellationToken);
            Assert.Equal(ObjectLockMode.Compliance, found.ObjectLockMode);
            Assert.InRange(found.ObjectLockRetainUntilDate!.Value.ToUniversalTime(), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(29), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(31));
            await using var plain = new GZipStream(found.ResponseStream, CompressionMode.Decompress);
            using var reader = new StreamReader(plain);
            var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            var lines = text.TrimEnd('\n').Split('\n');
            var manifest = JsonNode.Parse(lines[^1])!["domesday_manifest"]!;
            Assert.Equal(lines.Length - 1, manifest["count"]!.GetValue<int>());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines[..^1].Select(line => line + "\n"))))), manifest["sha256"]!.GetValue<string>());
            sequences.AddRange(lines[..^1].Select(line => JsonNode.Parse(line)!["sequence"]!.GetValue<long>()));
        }
        Assert.True(sequences.Count >= 25);
        Assert.Equal(sequences.Order(), sequences);
        Assert.Distinct(sequences);
    }

    /// <summary>moto does not check the signatures that S3's own package makes, so that is done here.</summary>
    [Fact]
    public async Task The_call_that_stores_an_object_is_signed_as_AWS_would_compute_it()
    {
        const string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        await using var receiver = await TestReceiver.StartAsync();
        await using var service = await SinkCalls.ServiceAsync();
        var id = await service.SinkAsync("s3", new() { ["endpoint"] = receiver.Url, ["bucket"] = "archive", ["region"] = "eu-west-1", ["access_key"] = "AKIDEXAMPLE", ["secret_key"] = secret }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(3);
        await service.SinkDoneAsync(id, 3);
        var put = receiver.Requests.First(request => request.Method == "PUT");
        var authorization = put.Headers["Authorization"];
        var headers = authorization.Split("SignedHeaders=")[1].Split(',')[0].Split(';').ToDictionary(name => name, name => put.Headers[name]);
        var (path, query) = put.Path.Split('?') is [var before, var after] ? (before, after) : (put.Path, "");
        if (query.Length > 0 && !query.Contains('=', StringComparison.Ordinal)) query += "=";
        var expected = PublishedSignature.Of("PUT", path, query, headers, headers["x-amz-content-sha256"], secret, headers["x-amz-date"], "eu-west-1", "s3");
        Assert.EndsWith("Signature=" + expected, authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_is_verified_by_the_command_line_and_one_that_somebody_changed_is_not()
    {
        await using var aws = await MotoServer.StartAsync("s3:*");
        await aws.EnforceAsync(false);
        using var s3 = new AmazonS3Client(aws.AccessKey, aws.SecretKey, new AmazonS3Config { ServiceURL = aws.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await s3.PutBucketAsync("archive", TestContext.Current.CancellationToken);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var id = await service.SinkAsync("s3", new() { ["bucket"] = "archive", ["region"] = "us-east-1", ["access_key"] = aws.AccessKey, ["secret_key"] = aws.SecretKey }, sink => sink["filter"] = "resource_type=order");
        await service.AppendAsync(40);
        await service.SinkDoneAsync(id, 40);
        var one = (await s3.ListObjectsV2Async(new() { BucketName = "archive" }, TestContext.Current.CancellationToken)).S3Objects[0];
        using var folder = new TestFolder();
        var file = folder["archive.ndjson"];
        var found = await s3.GetObjectAsync("archive", one.Key, TestContext.Current.CancellationToken);
        await using (var plain = new GZipStream(found.ResponseStream, CompressionMode.Decompress))
        await using (var written = File.Create(file))
            await plain.CopyToAsync(written, TestContext.Current.CancellationToken);
        var domesday = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Domesday.Cli/release/domesday"));
        var (status, output) = await OutsideProgram.RunAsync(domesday, "verify", "export", file, "--offline");
        Assert.True(status == 0, output);
        Assert.StartsWith("Verified: ", output, StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await RestoreAsync(domesday, file);
        await File.WriteAllTextAsync(file, text.Replace("alice", "malice", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (status, output) = await OutsideProgram.RunAsync(domesday, "verify", "export", file, "--offline");
        Assert.True(status == 3, output);
    }

    /// <summary>Another service takes the events of an object.</summary>
    private static async Task RestoreAsync(string domesday, string file)
    {
        await using var other = await SinkCalls.ServiceAsync();
        var (status, output) = await OutsideProgram.RunAsync(domesday, "send", "--export", file, "--server", other.Url.ToString(), "--user", "admin", "--password", TestService.Password);
        Assert.True(status == 0, output);
        (status, output) = await OutsideProgram.RunAsync(domesday, "send", "--export", file, "--server", other.Url.ToString(), "--user", "admin", "--password", TestService.Password);
        Assert.True(status == 0, output);
        Assert.Equal(40, (await other.EventsAsync("default")).Count(one => one.Resource?.Type == "order"));
    }
}
