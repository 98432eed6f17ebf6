using System.Text;
using Amazon.Runtime;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Sinks.Aws;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Sinks.Tests.Aws;

/// <summary>Calls to AWS are signed as AWS's own library for Python signs them.</summary>
public class SignatureTests
{
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

    [Theory]
    [InlineData("", "{}")]
    [InlineData("a/session+token==", """{"logGroupName":"/a b/ü","n":[1,2]}""")]
    public async Task Signature_is_the_one_that_botocore_makes(string token, string body)
    {
        var python = OutsideProgram.Need("python3", "with botocore");
        Assert.SkipUnless((await OutsideProgram.RunAsync(python, "-c", "import botocore")).Status == 0, "Needs botocore: pip install botocore.");
        var settings = new SinkSettings(new Dictionary<string, string> { ["region"] = "eu-west-1", ["access_key"] = "AKIAIOSFODNN7EXAMPLE", ["secret_key"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" });
        var options = AwsOptions.Read(settings);
        Assert.Null(settings.Problem());
        var context = new SinkContext("id", "default", "name", EventFormats.Find("json")!, "json", new("folder", Stream.Null), TimeProvider.System, NullLogger.Instance);
        using var caller = new AwsCaller("logs", options, context);
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
}
