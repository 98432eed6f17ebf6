using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.TestKit;

/// <summary>A Keystone of Debian's over SQLite on a free port.</summary>
public sealed class KeystoneService : IAsyncDisposable
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

    /// <summary>Its API, <c>/v3</c> included.</summary>
    public Uri Url => _url;

    /// <param name="broker">A RabbitMQ that it tells what it does; null for none.</param>
    public static async Task<KeystoneService> StartAsync(Uri? broker, CancellationToken cancellation)
    {
        var keystone = new KeystoneService();
        var folder = keystone._folder.FullName;
        foreach (var name in new[] { "fernet", "credential" }) Directory.CreateDirectory(Path.Combine(folder, name));
        await File.WriteAllTextAsync(Path.Combine(folder, "keystone.conf"), $"""
            [DEFAULT]
            notification_format = cadf
            notification_opt_out = none.none.none
            {(broker is null ? "" : $"transport_url = rabbit://{broker.UserInfo}@{broker.Authority}/")}
            [database]
            connection = sqlite:///{folder}/keystone.db
            [fernet_tokens]
            key_repository = {folder}/fernet
            [credential]
            key_repository = {folder}/credential
            [oslo_messaging_notifications]
            driver = {(broker is null ? "noop" : "messagingv2")}
            [oslo_policy]
            policy_file = {folder}/policy.yaml
            """, cancellation);
        var port = FreePort();
        keystone._url = new($"http://127.0.0.1:{port}/v3/");
        foreach (var arguments in new string[][]
        {
            ["db_sync"], ["fernet_setup", "--keystone-user", Environment.UserName, "--keystone-group", Environment.UserName],
            ["credential_setup", "--keystone-user", Environment.UserName, "--keystone-group", Environment.UserName],
            ["bootstrap", "--bootstrap-password", Password, "--bootstrap-public-url", keystone._url.ToString(), "--bootstrap-region-id", "R1"],
        })
        {
            await keystone.ManageAsync(arguments, cancellation);
        }
        var start = new ProcessStartInfo(Serve, ["--host", "127.0.0.1", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["OS_KEYSTONE_CONFIG_FILES"], start.Environment["OS_KEYSTONE_CONFIG_DIR"]) = ("keystone.conf", folder);
        keystone._process = Process.Start(start)!;
        _ = keystone._process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = keystone._process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (!await keystone.AnswersAsync(cancellation)) await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        return keystone;
    }

    /// <summary>Signs in to the project admin.</summary>
    /// <returns>A token; null when it is refused.</returns>
    public async Task<string?> SignInAsync(string user, string password, CancellationToken cancellation)
    {
        var scope = """{"project":{"name":"admin","domain":{"id":"default"}}}""";
        var identity = new JsonObject { ["methods"] = new JsonArray("password"), ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = user, ["password"] = password, ["domain"] = new JsonObject { ["id"] = "default" } } } };
        var body = new JsonObject { ["auth"] = new JsonObject { ["identity"] = identity, ["scope"] = JsonNode.Parse(scope) } };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri(_url, "auth/tokens"), content, cancellation);
        return response.IsSuccessStatusCode ? response.Headers.GetValues("X-Subject-Token").Single() : null;
    }

    /// <summary>Makes a project.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> MakeProjectAsync(string token, string name, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_url, "projects"))
        {
            Content = new StringContent(new JsonObject { ["project"] = new JsonObject { ["name"] = name } }.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Auth-Token", token);
        using var response = await _client.SendAsync(request, cancellation);
        var answer = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException(answer);
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

    /// <summary>Takes a token back, as its holder.</summary>
    public async Task RevokeAsync(string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(_url, "auth/tokens"));
        request.Headers.Add("X-Auth-Token", token);
        request.Headers.Add("X-Subject-Token", token);
        using var response = await _client.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
    }

    private async Task ManageAsync(string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(Manage, ["--config-file", "keystone.conf", .. arguments]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation) + await errors;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0) throw new InvalidOperationException(output);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        if (_process!.HasExited) throw new InvalidOperationException("Keystone did not start.");
        try
        {
            using var response = await _client.GetAsync(_url, cancellation);
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
