using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>A Keystone of Debian's over SQLite on a free port, which publishes to a RabbitMQ.</summary>
internal sealed class KeystoneService : IAsyncDisposable
{
    public const string Password = "correct horse";

    private const string Manage = "/usr/bin/keystone-manage";
    private const string Serve = "/usr/bin/keystone-wsgi-public";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-keystone");
    private readonly HttpClient _client = new();
    private Process? _process;
    private Uri _url = new("http://127.0.0.1/");

    private KeystoneService()
    {
    }

    public static bool IsInstalled => File.Exists(Serve) && File.Exists(Manage);

    public static async Task<KeystoneService> StartAsync(Uri broker)
    {
        var keystone = new KeystoneService();
        var folder = keystone._folder.FullName;
        foreach (var name in new[] { "fernet", "credential" }) Directory.CreateDirectory(Path.Combine(folder, name));
        await File.WriteAllTextAsync(Path.Combine(folder, "keystone.conf"), $"""
            [DEFAULT]
            notification_format = cadf
            notification_opt_out = none.none.none
            transport_url = rabbit://{broker.UserInfo}@{broker.Authority}/
            [database]
            connection = sqlite:///{folder}/keystone.db
            [fernet_tokens]
            key_repository = {folder}/fernet
            [credential]
            key_repository = {folder}/credential
            [oslo_messaging_notifications]
            driver = messagingv2
            [oslo_policy]
            policy_file = {folder}/policy.yaml
            """);
        var port = FreePort();
        keystone._url = new($"http://127.0.0.1:{port}/v3/");
        foreach (var arguments in new string[][]
        {
            ["db_sync"], ["fernet_setup", "--keystone-user", Environment.UserName, "--keystone-group", Environment.UserName],
            ["credential_setup", "--keystone-user", Environment.UserName, "--keystone-group", Environment.UserName],
            ["bootstrap", "--bootstrap-password", Password, "--bootstrap-public-url", keystone._url.ToString(), "--bootstrap-region-id", "R1"],
        })
        {
            var (status, output) = await OutsideProgram.RunAsync(Manage, folder, ["--config-file", "keystone.conf", .. arguments]);
            Assert.True(status == 0, output);
        }
        var start = new ProcessStartInfo(Serve, ["--host", "127.0.0.1", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["OS_KEYSTONE_CONFIG_FILES"], start.Environment["OS_KEYSTONE_CONFIG_DIR"]) = ("keystone.conf", folder);
        keystone._process = Process.Start(start)!;
        _ = keystone._process.StandardOutput.ReadToEndAsync();
        _ = keystone._process.StandardError.ReadToEndAsync();
        while (!await keystone.AnswersAsync()) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        return keystone;
    }

    /// <summary>Signs in to the project admin.</summary>
    /// <returns>A token; null when it is refused.</returns>
    public async Task<string?> SignInAsync(string user, string password)
    {
        var scope = """{"project":{"name":"admin","domain":{"id":"default"}}}""";
        var identity = new JsonObject { ["methods"] = new JsonArray("password"), ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = user, ["password"] = password, ["domain"] = new JsonObject { ["id"] = "default" } } } };
        var body = new JsonObject { ["auth"] = new JsonObject { ["identity"] = identity, ["scope"] = JsonNode.Parse(scope) } };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri(_url, "auth/tokens"), content, TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode ? response.Headers.GetValues("X-Subject-Token").Single() : null;
    }

    /// <summary>Makes a project.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> MakeProjectAsync(string token, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_url, "projects"))
        {
            Content = new StringContent(new JsonObject { ["project"] = new JsonObject { ["name"] = name } }.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Auth-Token", token);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer);
        return JsonNode.Parse(answer)!["project"]!["id"]!.GetValue<string>();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited) throw new InvalidOperationException("Keystone did not start.");
        try
        {
            using var response = await _client.GetAsync(_url, TestContext.Current.CancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
