using System.Text;
using Amazon.Runtime;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Aws;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Sinks.Tests.Aws;

/// <summary>Calls to AWS are signed as AWS's documents say and as its own library for Python signs them.</summary>
public class SignatureTests
{
    /// <summary>Of AWS's own examples.</summary>
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private const string Botocore = """
        import sys, datetime, botocore.auth, botocore.awsrequest, botocore.credentials
        url, date, token, body, *headers = sys.argv[1:]
        now = datetime.datetime.strptime(date, '%Y%m%dT%H%M%SZ')
        botocore.auth.get_current_datetime = lambda *a, **k: now
        request = botocore.awsrequest.AWSRequest('POST', url, data=body.encode(), headers=dict(header.split(':', 1) for header in headers))
        botocore.auth.SigV4Auth(botocore.credentials.Credentials('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', token or None), 'logs', 'eu-west-1').add_auth(request)
        print(request.headers['Authorization'].split('Signature=')[1])
        print(request.headers['Authorization'].split('SignedHeaders=')[1].split(',')[0])
        """;

    /// <summary>AWS's published test suite, and the example of its guide.</summary>
    [Theory]
    [InlineData("get-vanilla", "GET", "", "", "", "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("post-vanilla", "POST", "", "", "", "service", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("get-vanilla-query-order-key-case", "GET", "Param1=value1&Param2=value2", "", "", "service", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("post-x-www-form-urlencoded", "POST", "", "application/x-www-form-urlencoded", "Param1=value1", "service", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("ListUsers", "GET", "Action=ListUsers&Version=2010-05-08", "application/x-www-form-urlencoded; charset=utf-8", "", "iam", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")]
    public void What_the_tests_compare_with_makes_the_signatures_that_AWS_published(string name, string method, string query, string type, string body, string service, string signature)
    {
        var headers = new Dictionary<string, string> { ["host"] = service == "iam" ? "iam.amazonaws.com" : "example.amazonaws.com", ["x-amz-date"] = "20150830T123600Z" };
        if (type.Length > 0) headers["content-type"] = type;
        Assert.True(signature == PublishedSignature.Of(method, "/", query, headers, Encoding.UTF8.GetBytes(body), Secret, "20150830T123600Z", "us-east-1", service), name);
    }

    [Theory]
    [InlineData("", "/", "{}")]
    [InlineData("a/session+token==", "/", """{"logGroupName":"/a b/ü","n":[1,2]}""")]
    [InlineData("", "/PutAuditEvents", """{"auditEvents":[]}""")]
    public void Signature_is_the_one_that_AWS_would_compute(string token, string path, string body)
    {
        using var caller = Caller();
        var query = path == "/" ? new Dictionary<string, string>() : new() { ["channelArn"] = "arn:aws:cloudtrail:eu-west-1:123456789012:channel/a b" };
        using var message = caller.Sign(new("AKIDEXAMPLE", Secret, token), path, query, new Dictionary<string, string> { ["Content-Type"] = "application/x-amz-json-1.1" }, Encoding.UTF8.GetBytes(body));
        var ours = message.Headers.GetValues("Authorization").Single();
        var headers = ours.Split("SignedHeaders=")[1].Split(',')[0].Split(';').ToDictionary(name => name,
            name => name == "host" ? message.RequestUri!.Authority : (message.Headers.TryGetValues(name, out var values) ? values : message.Content!.Headers.GetValues(name)).Single());
        Assert.Equal(token.Length > 0, headers.ContainsKey("x-amz-security-token"));
        var expected = PublishedSignature.Of("POST", path, message.RequestUri!.Query.TrimStart('?'), headers, Encoding.UTF8.GetBytes(body), Secret, headers["x-amz-date"], "eu-west-1", "logs");
        Assert.EndsWith("Signature=" + expected, ours, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("a/session+token==", """{"logGroupName":"/a b/ü","n":[1,2]}""")]
    public async Task Signature_is_the_one_that_botocore_makes(string token, string body)
    {
        var python = OutsideProgram.Need("python3", "with botocore");
        Assert.SkipUnless((await OutsideProgram.RunAsync(python, "-c", "import botocore")).Status == 0, "Needs botocore: pip install botocore.");
        using var caller = Caller();
        var credentials = new ImmutableCredentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token);
        using var message = caller.Sign(credentials, "/", new Dictionary<string, string>(),
            new Dictionary<string, string> { ["Content-Type"] = "application/x-amz-json-1.1", ["X-Amz-Target"] = "Logs_20140328.PutLogEvents" }, Encoding.UTF8.GetBytes(body));
        var ours = message.Headers.GetValues("Authorization").Single();
        var date = message.Headers.GetValues("X-Amz-Date").Single();
        Assert.Equal("https://logs.eu-west-1.amazonaws.com/", message.RequestUri!.AbsoluteUri);
        // Which headers are signed is each library's choice; the same ones give the same signature.
        var signed = ours.Split("SignedHeaders=")[1].Split(',')[0].Split(';').Except(["host", "x-amz-date", "x-amz-security-token"]);
        var headers = signed.Select(name => $"{name}:{(message.Headers.TryGetValues(name, out var values) ? values : message.Content!.Headers.GetValues(name)).Single()}");
        var (status, output) = await OutsideProgram.RunAsync(python, ["-c", Botocore, message.RequestUri.AbsoluteUri, date, token, body, .. headers]);
        Assert.True(status == 0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains($"SignedHeaders={lines[1]}", ours, StringComparison.Ordinal);
        Assert.EndsWith($"Signature={lines[0]}", ours, StringComparison.Ordinal);
    }

    private static AwsCaller Caller()
    {
        var settings = new SinkSettings(new Dictionary<string, string> { ["region"] = "eu-west-1", ["access_key"] = "AKIAIOSFODNN7EXAMPLE", ["secret_key"] = Secret });
        var options = AwsOptions.Read(settings);
        Assert.Null(settings.Problem());
        return new("logs", options, new("id", "default", "name", EventFormats.Find("json")!, "json", new("folder", Stream.Null), TimeProvider.System, NullLogger.Instance));
    }
}
