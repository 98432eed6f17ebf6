using System.IO.Compression;
using System.Net;
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
    /// <summary>The policy that the README names.</summary>
    private static readonly string[] Storing = ["s3:PutObject", "s3:PutObjectRetention"];

    private static JsonObject Settings(MotoServer aws, string? secret = null) =>
        new() { ["bucket"] = "archive", ["prefix"] = "audit", ["region"] = "us-east-1", ["access_key"] = aws.AccessKey, ["secret_key"] = secret ?? aws.SecretKey, ["every_seconds"] = 1 };

    private static void OrdersAlone(JsonObject sink) => sink["filter"] = "resource_type=order";

    [Fact]
    public async Task Objects_are_locked_and_tell_by_their_manifest_what_they_hold()
    {
        await using var aws = await MotoServer.StartAsync(Storing);
        using var s3 = await BucketAsync(aws);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var settings = Settings(aws);
        (settings["lock_mode"], settings["lock_days"]) = ("compliance", 30);
        var id = await service.SinkAsync("s3", settings);
        await service.AppendAsync(25);
        await service.SinkWhenAsync(id, sink => sink.Number("accepted") >= 25 && sink.Number("lag_events") == 0);
        await aws.EnforceAsync(false);
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
    public async Task Wrong_secret_holds_the_archive_and_the_right_one_lets_it_go_on_without_loss()
    {
        await using var aws = await MotoServer.StartAsync(Storing);
        using var s3 = await BucketAsync(aws);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var id = await service.SinkAsync("s3", Settings(aws, "wrong"), OrdersAlone);
        await service.AppendAsync(5);
        var state = await service.SinkWhenAsync(id, sink => sink["last_error"] is not null);
        Assert.Contains("403 SignatureDoesNotMatch", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((0, 0, "retrying"), (state.Number("accepted"), state.Number("rejected"), state["state"]!.GetValue<string>()));
        await service.ChangeAsync(id, new() { ["settings"] = Settings(aws) });
        state = await service.SinkDoneAsync(id, 5);
        Assert.Equal((5, 0), (state.Number("accepted"), state.Number("rejected")));
        await aws.EnforceAsync(false);
        Assert.Single((await s3.ListObjectsV2Async(new() { BucketName = "archive" }, TestContext.Current.CancellationToken)).S3Objects);
    }

    [Fact]
    public async Task Action_outside_of_the_policy_is_said_and_nothing_is_given_up()
    {
        await using var aws = await MotoServer.StartAsync("s3:GetObject", "s3:ListBucket");
        using var s3 = await BucketAsync(aws);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var id = await service.SinkAsync("s3", Settings(aws), OrdersAlone);
        await service.AppendAsync(2);
        var state = await service.SinkWhenAsync(id, sink => sink["last_error"] is not null);
        Assert.Contains("403 AccessDenied", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 2), (state.Number("accepted"), state.Number("rejected"), state.Number("lag_events")));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_said_and_nothing_is_given_up()
    {
        await using var aws = await MotoServer.StartAsync(Storing);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var id = await service.SinkAsync("s3", Settings(aws), OrdersAlone);
        await service.AppendAsync(2);
        var state = await service.SinkWhenAsync(id, sink => sink["last_error"] is not null);
        Assert.Contains("404 NoSuchBucket", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(2, state.Number("lag_events"));
    }

    /// <summary>Needs Ceph's gateway: a store that enforces its locks, and checks signatures by a program that is neither AWS's nor ours.</summary>
    [Fact]
    public async Task Real_store_keeps_each_object_until_its_date_and_what_comes_out_of_it_is_verified_and_restored()
    {
        await using var ceph = await RadosGateway.StartAsync();
        using var s3 = ceph.Client();
        await s3.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = "archive", ObjectLockEnabledForBucket = true }, TestContext.Current.CancellationToken);
        await using var service = await SinkCalls.ServiceAsync();
        var settings = new JsonObject { ["endpoint"] = ceph.Url, ["bucket"] = "archive", ["region"] = "us-east-1", ["access_key"] = RadosGateway.AccessKey, ["secret_key"] = "wrong", ["lock_mode"] = "compliance", ["lock_days"] = 30, ["every_seconds"] = 1 };
        var id = await service.SinkAsync("s3", settings, OrdersAlone);
        await service.AppendAsync(20);
        var state = await service.SinkWhenAsync(id, sink => sink["last_error"] is not null);
        Assert.Contains("403 SignatureDoesNotMatch", state["last_error"]!.GetValue<string>(), StringComparison.Ordinal);
        settings["secret_key"] = RadosGateway.SecretKey;
        await service.ChangeAsync(id, new() { ["settings"] = settings.DeepClone() });
        await service.SinkDoneAsync(id, 20);
        await SealedAsync(service, 20);
        await service.AppendAsync(20);
        await service.SinkDoneAsync(id, 40);

        var objects = (await s3.ListVersionsAsync("archive", TestContext.Current.CancellationToken)).Versions.OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
        Assert.True(objects.Count >= 2);
        foreach (var one in objects) await AssertLockedAsync(s3, one);
        using var folder = new TestFolder();
        var file = await FetchAsync(s3, objects[^1].Key, folder);
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Contains("\"checkpoint\":\"", text.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        // Against the service's own signed tree, so that it is the manifest, the checkpoint and each line that are verified.
        var (status, output) = await OutsideProgram.RunAsync("/usr/bin/env", $"XDG_CONFIG_HOME={folder["known"]}", Domesday, "verify", "export", file, "--server", service.Url.ToString(), "--user", "admin", "--password", TestService.Password);
        Assert.True(status == 0, output);
        Assert.StartsWith("Verified: ", output, StringComparison.Ordinal);
        foreach (var one in objects.SkipLast(1)) await using (var append = File.Open(file, FileMode.Append)) await using (var other = File.OpenRead(await FetchAsync(s3, one.Key, folder, "other"))) await other.CopyToAsync(append, TestContext.Current.CancellationToken);
        await RestoreAsync(Domesday, file);
    }

    [Fact]
    public async Task An_object_is_verified_by_the_command_line_and_one_that_somebody_changed_is_not()
    {
        await using var aws = await MotoServer.StartAsync(Storing);
        using var s3 = await BucketAsync(aws);
        await using var service = await SinkCalls.ServiceAsync(arguments: ["--aws-endpoint", aws.Url]);
        var id = await service.SinkAsync("s3", Settings(aws), OrdersAlone);
        await service.AppendAsync(40);
        await service.SinkDoneAsync(id, 40);
        await aws.EnforceAsync(false);
        var one = (await s3.ListObjectsV2Async(new() { BucketName = "archive" }, TestContext.Current.CancellationToken)).S3Objects[0];
        using var folder = new TestFolder();
        var file = await FetchAsync(s3, one.Key, folder);
        var (status, output) = await OutsideProgram.RunAsync(Domesday, "verify", "export", file, "--offline");
        Assert.True(status == 0, output);
        Assert.StartsWith("Verified: ", output, StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await RestoreAsync(Domesday, file);
        await File.WriteAllTextAsync(file, text.Replace("alice", "malice", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        (status, output) = await OutsideProgram.RunAsync(Domesday, "verify", "export", file, "--offline");
        Assert.True(status == 3, output);
    }

    private static string Domesday => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Domesday.Cli/release/domesday"));

    /// <summary>A bucket that locks objects, made while nobody checks; from then on somebody does.</summary>
    private static async Task<AmazonS3Client> BucketAsync(MotoServer aws)
    {
        await aws.EnforceAsync(false);
        var s3 = new AmazonS3Client(aws.AccessKey, aws.SecretKey, new AmazonS3Config { ServiceURL = aws.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await s3.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = "archive", ObjectLockEnabledForBucket = true }, TestContext.Current.CancellationToken);
        await aws.EnforceAsync(true);
        return s3;
    }

    /// <summary>Nobody deletes it, nobody shortens the lock, and it is there as before.</summary>
    private static async Task AssertLockedAsync(AmazonS3Client s3, Amazon.S3.Model.S3ObjectVersion one)
    {
        var lockedUntil = (await s3.GetObjectRetentionAsync(new() { BucketName = "archive", Key = one.Key, VersionId = one.VersionId }, TestContext.Current.CancellationToken)).Retention;
        Assert.Equal(ObjectLockRetentionMode.Compliance, lockedUntil.Mode);
        Assert.InRange(lockedUntil.RetainUntilDate!.Value.ToUniversalTime(), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(29), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(31));
        var refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.DeleteObjectAsync(new() { BucketName = "archive", Key = one.Key, VersionId = one.VersionId, BypassGovernanceRetention = true }, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        refused = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.PutObjectRetentionAsync(new()
        {
            BucketName = "archive",
            Key = one.Key,
            VersionId = one.VersionId,
            BypassGovernanceRetention = true,
            Retention = new() { Mode = ObjectLockRetentionMode.Compliance, RetainUntilDate = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1) },
        }, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(one.Size, (await s3.GetObjectMetadataAsync("archive", one.Key, TestContext.Current.CancellationToken)).ContentLength);
    }

    /// <summary>Waits until so many events are under a signed checkpoint.</summary>
    private static async Task SealedAsync(TestService service, long size)
    {
        while (true)
        {
            using var answer = await service.Admin.GetAsync("/audit/v1/log/checkpoint", TestContext.Current.CancellationToken);
            var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
            if (answer.IsSuccessStatusCode && long.TryParse(lines[1], out var sealedSize) && sealedSize >= size) return;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> FetchAsync(AmazonS3Client s3, string key, TestFolder folder, string name = "archive")
    {
        var file = folder[name + ".ndjson"];
        var found = await s3.GetObjectAsync("archive", key, TestContext.Current.CancellationToken);
        await using var plain = new GZipStream(found.ResponseStream, CompressionMode.Decompress);
        await using var written = File.Create(file);
        await plain.CopyToAsync(written, TestContext.Current.CancellationToken);
        return file;
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
