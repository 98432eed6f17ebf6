using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.EndToEnd.Tests;
using Domesday.Events.Merkle;
using Domesday.Server.Tests.Witnesses;
using Domesday.Sinks.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>The built binary with a month of events, and Chromium. Pages keep what the browser complained about.</summary>
public sealed class Site : IAsyncLifetime
{
    /// <summary>From Debian; nothing is downloaded.</summary>
    private const string Chromium = "/usr/bin/chromium";

    public const int DemoEvents = 20_000;

    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly TestFolder _folder = new();
    private ServiceProcess? _service;
    private TestReceiver? _receiver;
    private TestWitness? _witness;
    private TestWitness? _stranger;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where screenshots are kept.</summary>
    public static string Shots { get; } = Path.Combine(Command.Root, "artifacts", "screenshots");

    public Uri Url => _service!.Url;

    /// <summary>What sinks may send to; it takes everything but what goes to <c>/strict</c>.</summary>
    internal TestReceiver Receiver => _receiver!;

    /// <summary>The native API, as the administrator.</summary>
    public HttpClient Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium)) return;
        Directory.CreateDirectory(Shots);
        _receiver = await TestReceiver.StartAsync();
        _receiver.Answer = AnswerAsync;
        _witness = await TestWitness.StartAsync("witness.example");
        _stranger = await TestWitness.StartAsync("stranger.example");
        _service = await ServiceProcess.StartAsync(_folder["data"], "--viewer-origins", _receiver.Url, "--witness-seconds", "1", "--witnesses", $"{_witness.Setting};{_stranger.Setting}");
        Api = _service.Admin();
        _witness.Know(await LogAsync());
        var filled = await Command.RunAsync(Command.Domesday, ["demo", "--events", $"{DemoEvents}", "--server", Url.ToString(), "--user", "admin", "--password", ServiceProcess.Password]);
        Assert.True(filled.ExitCode == 0, filled.Errors);
        await SendAsync(Hostile.Event);
        await SendAsync(Hostile.Change);
        await ForwardAsync();
        await HoldAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
    }

    /// <summary>The key by which witnesses know the ledger of the tenant <c>default</c>; the other witness never learns it.</summary>
    private async Task<NoteKey> LogAsync()
    {
        var key = await Api.GetStringAsync("/audit/v1/log/key", TestContext.Current.CancellationToken);
        return NoteKey.TryParse(key.Trim(), out var log) ? log : throw new InvalidOperationException(key);
    }

    /// <summary>What an application's own server answers: its page with a frame, or what a sink is told.</summary>
    private static async Task AnswerAsync(ReceivedRequest request, HttpContext http)
    {
        if (request.Path == "/portal")
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync("<!DOCTYPE html><html lang=\"en\"><title>Portal</title><main><h1>Our portal</h1><div id=\"place\"></div></main></html>", TestContext.Current.CancellationToken);
            return;
        }
        await TestReceiver.StatusAsync(http, request.Path == "/strict" ? 422 : 200, request.Path == "/strict" ? "no field 'severity'" : "");
    }

    /// <summary>A receiver that takes alerts, one that refuses, one that nobody listens at, and rules.</summary>
    private async Task ForwardAsync()
    {
        await MakeAsync("sinks", $$$"""{"name":"chat","type":"webhook","settings":{"url":"{{{Receiver.Url}}}/chat","secret":"a secret of the chat"},"channel":true}""");
        await MakeAsync("sinks", $$$"""{"name":"strict","type":"webhook","settings":{"url":"{{{Receiver.Url}}}/strict"},"filter":"action=delete&service=compute&result=failure","start":"beginning"}""");
        await MakeAsync("sinks", """{"name":"siem","type":"splunk","settings":{"url":"https://127.0.0.1:1","token":"a token"},"start":"beginning"}""");
        await MakeAsync("alerts", """{"stock":"failed-logins","channels":["chat"]}""");
        await MakeAsync("alerts", """{"name":"Nothing from billing","filter":"service=billing","condition":"absence","window_seconds":7200,"severity":"error"}""");
    }

    /// <summary>What there is to see about keeping: a hold that is in force, one that is over, events that were erased, and a verification that is done.</summary>
    private async Task HoldAsync()
    {
        await MakeAsync("holds", """{"case":"2 HKR 17/26","reason":"Order of the court of 2 March: keep what the project web did","filter":"project=web"}""");
        var over = await MakeAsync("holds", """{"case":"SEC-811","reason":"An investigation of sign-ins","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""");
        await SendAsync("""[{"id":"forgotten-1","action":"update","service":"crm","actor":{"type":"user","name":"Heike Grimm"}},{"id":"forgotten-2","action":"read","service":"crm","actor":{"type":"user","name":"Heike Grimm"}}]""");
        await MakeAsync("erasures", """{"reason":"Request of 3 March, checked by the data protection officer","case":"GDPR-118","filter":"service=crm"}""");
        foreach (var (path, body) in ((string, string)[])[($"holds/{over["id"]}/release", """{"reason":"It was a false alarm"}"""), ("log/verification", "")])
        {
            using var answer = await Api.PostAsync("/audit/v1/" + path, new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    /// <summary>Makes something by the native API.</summary>
    /// <returns>The answer.</returns>
    public async Task<JsonNode> MakeAsync(string what, string body)
    {
        using var answer = await Api.PostAsync("/audit/v1/" + what, new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, said);
        return JsonNode.Parse(said)!;
    }

    public static void Need() => Assert.SkipUnless(File.Exists(Chromium), "Needs the Debian package chromium.");

    /// <summary>Opens a page and signs in there.</summary>
    public async Task<Visit> SignInAsync(string user = "admin", string password = ServiceProcess.Password, ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        var visit = await OpenAsync(scheme, width);
        await visit.Page.GotoAsync("/ui/sign-in");
        await visit.Page.GetByLabel("User").FillAsync(user);
        await visit.Page.GetByLabel("Password").FillAsync(password);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await visit.Page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        return visit;
    }

    /// <summary>Opens a page without signing in.</summary>
    public async Task<Visit> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        Need();
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = Url.ToString(),
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            TimezoneId = "Europe/Berlin",
            Locale = "en-US",
        });
        return new(context, await context.NewPageAsync());
    }

    public async Task SendAsync(string events)
    {
        using var answer = await Api.PostAsync("/audit/v1/events", new StringContent(events, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Makes a user who signs in with <see cref="ServiceProcess.Password"/>.</summary>
    public async Task UserAsync(string name, string? role, params string[] projects)
    {
        var body = new JsonObject { ["name"] = name, ["password"] = ServiceProcess.Password };
        if (role is not null) body["role"] = role;
        if (projects.Length > 0) body["projects"] = new JsonArray([.. projects.Select(project => JsonValue.Create(project))]);
        using var answer = await Api.PostAsync("/audit/v1/users", new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        Api?.Dispose();
        if (_service is not null) await _service.DisposeAsync();
        foreach (var outside in (IAsyncDisposable?[])[_receiver, _witness, _stranger])
        {
            if (outside is not null) await outside.DisposeAsync();
        }
        _folder.Dispose();
    }
}
