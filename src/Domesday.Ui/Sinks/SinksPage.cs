using Domesday.Core.Access;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.Sinks;

/// <summary>Where events are forwarded to: how each sink stands, and forms for them.</summary>
internal static class SinksPage
{
    public const string Path = "/ui/sinks";

    private const int RejectedMax = 100;

    public static void MapSinks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
        routes.MapGet(Path + "/new", NewAsync).RequirePermission(Permission.SinkWrite, wholeTenant: true);
        routes.MapGet(Path + "/{id}", GetAsync).RequirePermission(Permission.SinkRead, wholeTenant: true);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SinkDirectory directory, SinkOpener opener, Forwarder forwarder)
    {
        var frame = Frame.Of(http, "Sinks");
        var lines = new List<SinkLine>();
        foreach (var sink in directory.Of(http.Tenant()))
        {
            var line = await LineAsync(sink, forwarder, http.RequestAborted);
            if (!line.IsOk) return line.Problem.ToResult();
            lines.Add(line.Value);
        }
        return PageResult.Page<SinksView, SinksModel>(frame, new(lines, [.. opener.Types.Where(type => MayMake(type, frame))], frame.May(Permission.SinkWrite, wholeTenant: true)));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, SinkDirectory directory, SinkOpener opener, Forwarder forwarder)
    {
        var found = directory.Find(http.Tenant(), id);
        if (!found.IsOk) return found.Problem.ToResult();
        var frame = Frame.Of(http, found.Value.Name);
        var line = await LineAsync(found.Value, forwarder, http.RequestAborted);
        if (!line.IsOk) return line.Problem.ToResult();
        var type = opener.Find(found.Value.Type);
        var mayChange = found.Value.KeptBy is null && type is not null && MayMake(type, frame) && frame.May(Permission.SinkWrite, wholeTenant: true);
        var settings = type is null ? [] : await opener.DescribeAsync(type, found.Value.Settings, http.Tenant());
        return PageResult.Page<OneSinkView, OneSinkModel>(frame, new(line.Value, type, settings, forwarder.Rejected(found.Value.Id, RejectedMax), mayChange));
    }

    private static async Task<IResult> NewAsync(HttpContext http, SinkOpener opener)
    {
        var named = http.Request.Query["type"].ToString();
        if (opener.Find(named) is not { } type) return new Problem(ProblemKind.NotFound, "There is no such type of sinks.").ToResult();
        var frame = Frame.Of(http, $"New sink: {type.Title}");
        if (!MayMake(type, frame)) return new Problem(ProblemKind.Forbidden, $"A sink of the type {type.Name} reaches into the machine of the service: only its administrator may make one.").ToResult();
        var settings = await opener.DescribeAsync(type, new Dictionary<string, string>(), http.Tenant());
        return PageResult.Page<NewSinkView, NewSinkModel>(frame, new(type, settings, http.Request.Query["channel"] == "true"));
    }

    private static bool MayMake(ISinkType type, Frame frame) => !type.IsForOperators || frame.Principal is { IsSystemAdministrator: true };

    private static async ValueTask<Result<SinkLine>> LineAsync(SinkDefinition sink, Forwarder forwarder, CancellationToken cancellation)
    {
        var lag = await forwarder.LagAsync(sink, cancellation);
        return lag.IsOk ? new SinkLine(sink, forwarder.Of(sink.Id), lag.Value) : lag.Problem;
    }
}
