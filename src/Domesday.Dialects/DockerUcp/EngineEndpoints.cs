using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Domesday.Dialects.DockerUcp;

/// <summary>What of the Docker Engine API the docker CLI asks for <c>docker logs ucp-controller</c> and <c>docker inspect</c>.</summary>
internal sealed class EngineEndpoints(ControllerLog log, ControlLedger ledger, ReadAudit audit, TimeProvider time, IHostApplicationLifetime host, DockerUcpOptions options)
{
    private const string ContainerName = "ucp-controller";

    /// <summary>Fewest characters of an id that name the container.</summary>
    private const int IdPrefixMin = 4;

    /// <summary>The first version whose clients know a media type of its own for framed streams.</summary>
    private const int MultiplexedSince = 42;

    private const string Nowhen = "0001-01-01T00:00:00Z";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["", "/v1.{minor}"])
        {
            routes.Answer("GET", prefix + "/_ping", Ping).AllowUnauthenticated();
            routes.Answer("HEAD", prefix + "/_ping", Ping).AllowUnauthenticated();
            routes.Answer("GET", prefix + "/containers/{name}/json", Inspect).RequirePermission(Permission.AuditList);
            routes.Answer("GET", prefix + "/containers/{name}/logs", LogsAsync).RequirePermission(Permission.AuditList);
        }
    }

    private ValueTask<IResult> Ping(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["Api-Version"] = options.ApiVersion;
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers["Swarm"] = "active/manager";
        headers.CacheControl = "no-cache, no-store, must-revalidate";
        headers.Pragma = "no-cache";
        return ValueTask.FromResult(Results.Text(HttpMethods.IsHead(http.Request.Method) ? "" : "OK", "text/plain; charset=utf-8"));
    }

    private ValueTask<IResult> Inspect(HttpContext http)
    {
        if (NameProblem(http) is { } problem) return ValueTask.FromResult(problem.ToResult());
        var since = ledger.State.Tenants.GetValueOrDefault(http.Tenant())?.CreatedAt.ToString() ?? Nowhen;
        var container = new EngineContainer(
            IdOf(http.Tenant()), since, "/" + ContainerName, [],
            new("running", Running: true, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 1, ExitCode: 0, Error: "", since, Nowhen),
            "sha256:" + IdOf("image"), "/" + ContainerName, 0, "overlay2", "linux", new(new("json-file", new Dictionary<string, string>())),
            new(ContainerName, Tty: false, OpenStdin: false, [], [], "domesday", new Dictionary<string, string> { ["com.docker.ucp.InstanceID"] = http.Tenant() }));
        return ValueTask.FromResult(Results.Json(container, DockerUcpJson.Default.EngineContainer));
    }

    private async ValueTask<IResult> LogsAsync(HttpContext http)
    {
        if (NameProblem(http) is { } problem) return problem.ToResult();
        var query = DockerUcpQuery.Read(http.Request.Query, time.GetUtcNow());
        if (!query.IsOk) return query.Problem.ToResult();
        var filter = await log.LastAsync(http.Scope(), query.Value, http.RequestAborted);
        if (!filter.IsOk) return filter.Problem.ToResult();
        http.RecordRead(audit, "ucp.container.logs", http.Request.QueryString.Value ?? "");
        return new ContainerLogsResult(log, http.Scope(), query.Value, filter.Value, MediaTypeOf(http), time, TimeSpan.FromHours(options.FollowHours), host.ApplicationStopping);
    }

    /// <summary>Stable over restarts, different for each tenant.</summary>
    private static string IdOf(string tenant) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ContainerName}@{tenant}")));

    private static Problem? NameProblem(HttpContext http)
    {
        var name = (http.Request.RouteValues["name"] as string ?? "").TrimStart('/');
        var isId = name.Length >= IdPrefixMin && IdOf(http.Tenant()).StartsWith(name, StringComparison.Ordinal);
        return name == ContainerName || isId ? null : new(ProblemKind.NotFound, $"No such container: {EventText.Clean(name, 128)}");
    }

    private static string MediaTypeOf(HttpContext http) =>
        int.TryParse(http.Request.RouteValues["minor"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && minor >= MultiplexedSince
            ? "application/vnd.docker.multiplexed-stream" : "application/vnd.docker.raw-stream";
}
