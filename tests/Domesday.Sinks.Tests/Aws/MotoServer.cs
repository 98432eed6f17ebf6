using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Domesday.Sinks.Tests.Aws;

/// <summary>A stand-in for AWS that checks signatures and policies: moto. After it is set up, every call but the test's own looks needs a signature and a policy that allows it.</summary>
internal sealed class MotoServer : IAsyncDisposable
{
    /// <summary>The policy of Palette's document, as it stands there.</summary>
    public static readonly string[] PaletteActions =
        ["logs:DescribeLogGroups", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DeleteLogStream", "logs:DescribeLogStreams"];

    private const int SetUpCalls = 100;

    private readonly Process _process;
    private readonly HttpClient _http;

    private MotoServer(Process process, int port)
    {
        _process = process;
        Url = $"http://127.0.0.1:{port}";
        _http = new() { BaseAddress = new(Url) };
    }

    public string Url { get; }

    public string AccessKey { get; private set; } = "";

    public string SecretKey { get; private set; } = "";

    /// <summary>Starts it, with a user who may do these things.</summary>
    public static async Task<MotoServer> StartAsync(params string[] actions)
    {
        var program = OutsideProgram.Need("moto_server", "pip install 'moto[server]'");
        var port = OutsideProgram.FreePort();
        var process = OutsideProgram.Start(program, new Dictionary<string, string> { ["INITIAL_NO_AUTH_ACTION_COUNT"] = $"{SetUpCalls}" }, "-H", "127.0.0.1", "-p", $"{port}");
        await OutsideProgram.WaitForAsync(port, process);
        var server = new MotoServer(process, port);
        await server.FormAsync("iam", "Action=CreateUser&UserName=domesday&Version=2010-05-08");
        await server.FormAsync("iam", $"Action=PutUserPolicy&UserName=domesday&PolicyName=p&Version=2010-05-08&PolicyDocument={Policy(actions)}");
        var key = await server.FormAsync("iam", "Action=CreateAccessKey&UserName=domesday&Version=2010-05-08");
        server.AccessKey = Between(key, "AccessKeyId");
        server.SecretKey = Between(key, "SecretAccessKey");
        await server.EnforceAsync(true);
        return server;
    }

    /// <summary>From now on calls need signatures and policies, or not.</summary>
    public async Task EnforceAsync(bool on)
    {
        using var answer = await _http.PostAsync("/moto-api/reset-auth", new StringContent(on ? "0" : $"{SetUpCalls}"), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Makes a role that the user may assume.</summary>
    /// <returns>Its ARN.</returns>
    public async Task<string> RoleAsync(params string[] actions)
    {
        await EnforceAsync(false);
        var trust = Uri.EscapeDataString("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}""");
        var role = await FormAsync("iam", $"Action=CreateRole&RoleName=forwarder&Version=2010-05-08&AssumeRolePolicyDocument={trust}");
        await FormAsync("iam", $"Action=PutRolePolicy&RoleName=forwarder&PolicyName=p&Version=2010-05-08&PolicyDocument={Policy(actions)}");
        await EnforceAsync(true);
        return Between(role, "Arn");
    }

    /// <summary>The messages of a log stream, oldest first.</summary>
    public async Task<IReadOnlyList<JsonObject>> MessagesAsync(string group, string stream)
    {
        await EnforceAsync(false);
        var answer = await JsonAsync("logs", "Logs_20140328.GetLogEvents", new() { ["logGroupName"] = group, ["logStreamName"] = stream, ["startFromHead"] = true, ["limit"] = 10_000 });
        await EnforceAsync(true);
        return [.. answer["events"]!.AsArray().Select(one => JsonNode.Parse(one!["message"]!.GetValue<string>())!.AsObject())];
    }

    public async Task<string> FormAsync(string service, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded") };
        return await SendAsync(service, request);
    }

    public async Task<JsonObject> JsonAsync(string service, string target, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body.ToJsonString()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", target);
        return JsonNode.Parse(await SendAsync(service, request))!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await OutsideProgram.EndAsync(_process);
    }

    private async Task<string> SendAsync(string service, HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=set-up/20260211/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=none");
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static string Policy(string[] actions) => Uri.EscapeDataString(new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(new JsonObject { ["Effect"] = "Allow", ["Resource"] = "*", ["Action"] = new JsonArray([.. actions.Select(action => JsonValue.Create(action))]) }),
    }.ToJsonString());

    private static string Between(string xml, string element) => Element(element).Match(xml) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException(xml);

    private static Regex Element(string name) => new($"<{name}>([^<]+)</{name}>");
}
