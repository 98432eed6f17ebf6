using System.Security.Claims;
using System.Text.Json;
using Domesday.Client;
using Domesday.Client.Tests;
using Domesday.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Domesday.Capture.Tests;

/// <summary>An application with the middleware, and the real service behind it.</summary>
internal sealed class CapturedApplication : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("domesday-capture");
    private readonly WebApplication _application;
    private readonly ServedService _service;

    private CapturedApplication(ServedService service, Action<CaptureOptions>? configure)
    {
        _service = service;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddDomesdayCapture(options =>
        {
            options.Server = new() { Server = service.Url, Credential = ClientCredential.User("admin", ServedService.Password) };
            options.Service = "shop";
            options.Folder = Path.Combine(_folder.FullName, "capture");
            options.FollowsServer = false;
            configure?.Invoke(options);
        });
        _application = builder.Build();
        _application.UseExceptionHandler(failed => failed.Run(http => http.Response.WriteAsync("failed")));
        _application.Use(SignIn);
        _application.UseDomesdayCapture();
        Map(_application);
    }

    public HttpClient Client { get; private set; } = null!;

    public CaptureService Capture => _application.Services.GetRequiredService<CaptureService>();

    public EndpointCoverage Coverage => _application.Services.GetRequiredService<EndpointCoverage>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<CapturedApplication> StartAsync(Action<CaptureOptions>? configure = null)
    {
        var application = new CapturedApplication(await ServedService.StartAsync(), configure);
        await application._application.StartAsync(Cancellation);
        application.Client = new() { BaseAddress = new(application._application.Urls.First()) };
        return application;
    }

    public async Task<IReadOnlyList<AuditEvent>> EventsAsync()
    {
        await Capture.DrainAsync(Cancellation);
        using var client = _service.Admin();
        var events = new List<AuditEvent>();
        await foreach (var one in client.ListAllAsync(EventSelection.All.With("order", "asc").Where("service", "shop"), new() { Limit = 1_000 }, Cancellation)) events.Add(one.Event);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
        await _service.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static Task SignIn(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Headers["X-Test-User"].FirstOrDefault() is { } user)
            http.User = new(new ClaimsIdentity([new(ClaimTypes.Name, user), new(ClaimTypes.NameIdentifier, "u-1"), new(ClaimTypes.Role, "clerk")], "test"));
        return next(http);
    }

    private static IResult Fail(string id) => throw new InvalidOperationException($"secret detail of {id}");

    private static void Map(WebApplication application)
    {
        application.MapGet("/orders/{id}", (string id) => Results.Text(id));
        application.MapPost("/orders", async (HttpContext http, IAuditScope audit) =>
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            audit.Resource(id: "4711", name: "first");
            return Results.Text("made", statusCode: 201);
        });
        application.MapPost("/orders/{id}/refunds", (string id, IAuditScope audit) =>
        {
            audit.Resource(name: "of " + id);
            audit.Before(JsonDocument.Parse("""{"paid":5}""").RootElement);
            audit.After(JsonDocument.Parse("""{"paid":0}""").RootElement);
            audit.Reason("customer asked", ticket: "T-1", approver: "bob");
            audit.Label("channel", "phone");
            return Results.Ok();
        }).WithMetadata(new AuditAttribute("refund") { Operation = "order.refund", ResourceType = "order" });
        application.MapDelete("/orders/{id}", (string id) => Fail(id));
    }
}
