using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>The «audit trails» of Palette's settings: where a tenant wants its audits to be sent to.</summary>
internal sealed class DataSinkEndpoints(DataSinkStore sinks, IEventReader reader, TimeProvider time)
{
    private const string Sinks = "/v1/tenants/{tenantUid}/assets/dataSinks";
    private const string AuditHeader = "AuditUid";
    private const int BodyBytesMax = 256 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Answer("GET", Sinks, Get).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        routes.Answer("POST", Sinks, CreateAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
        routes.Answer("PUT", Sinks, ReplaceAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
        routes.Answer("DELETE", Sinks, DeleteAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
        routes.Answer("POST", "/v1/clouds/aws/cloudwatch/validate", ValidateAsync).RequirePermission(Permission.ConfigRead, wholeTenant: true);
        routes.Answer("POST", "/v1/datasinks/cloudwatch", PushAsync).RequirePermission(Permission.ConfigWrite, wholeTenant: true);
    }

    private ValueTask<IResult> Get(HttpContext http)
    {
        var tenant = TenantOf(http);
        if (!tenant.IsOk) return ValueTask.FromResult(tenant.Problem.ToResult());
        var found = sinks.Find(tenant.Value);
        return ValueTask.FromResult(found.IsOk
            ? new WrittenJson(json => JsonSerializer.Serialize(json, found.Value, SpectroPaletteJson.Default.DataSinkConfig))
            : found.Problem.ToResult());
    }

    private async ValueTask<IResult> CreateAsync(HttpContext http)
    {
        var tenant = TenantOf(http);
        if (!tenant.IsOk) return tenant.Problem.ToResult();
        var config = await ConfigAsync(http);
        if (!config.IsOk) return config.Problem.ToResult();
        var created = await sinks.CreateAsync(http.Author(), tenant.Value, config.Value, http.RequestAborted);
        if (!created.IsOk) return created.Problem.ToResult();
        await NameAuditAsync(http, created.Value);
        return new WrittenJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("uid"u8, created.Value.Id);
            json.WriteEndObject();
        }, StatusCodes.Status201Created);
    }

    private async ValueTask<IResult> ReplaceAsync(HttpContext http)
    {
        var tenant = TenantOf(http);
        if (!tenant.IsOk) return tenant.Problem.ToResult();
        var config = await ConfigAsync(http);
        if (!config.IsOk) return config.Problem.ToResult();
        var replaced = await sinks.ReplaceAsync(http.Author(), tenant.Value, config.Value, http.RequestAborted);
        if (!replaced.IsOk) return replaced.Problem.ToResult();
        await NameAuditAsync(http, replaced.Value);
        return TypedResults.NoContent();
    }

    private async ValueTask<IResult> DeleteAsync(HttpContext http)
    {
        var tenant = TenantOf(http);
        var problem = tenant.IsOk ? await sinks.DeleteAsync(http.Author(), tenant.Value, http.RequestAborted) : tenant.Problem;
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private async ValueTask<IResult> ValidateAsync(HttpContext http)
    {
        var read = await PaletteBody.ReadAsync(http, BodyBytesMax, SpectroPaletteJson.Default.CloudWatchConfig);
        var problem = read.Problem ?? DataSinkCheck.Of(read.Value) ?? await sinks.ValidateAsync(http.Tenant(), read.Value, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    /// <summary>Sends what the client brings to the receiver that it names.</summary>
    private async ValueTask<IResult> PushAsync(HttpContext http)
    {
        var read = await PaletteBody.ReadAsync(http, BodyBytesMax, SpectroPaletteJson.Default.DataSinkPush);
        if (!read.IsOk) return read.Problem.ToResult();
        var events = DataSinkPayload.Read(read.Value.Payload, time.GetUtcNow());
        if (!events.IsOk) return events.Problem.ToResult();
        if (read.Value.Spec is not { } spec) return new Problem(ProblemKind.Invalid, "is missing", "spec").ToResult();
        var problem = DataSinkCheck.Of(spec) ?? await sinks.PushAsync(http.Tenant(), spec, events.Value, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    private static async ValueTask<Result<DataSinkConfig>> ConfigAsync(HttpContext http)
    {
        var read = await PaletteBody.ReadAsync(http, BodyBytesMax, SpectroPaletteJson.Default.DataSinkConfig);
        return (read.Problem ?? DataSinkCheck.Of(read.Value)) is { } problem ? problem : read;
    }

    /// <returns><see cref="ProblemKind.NotFound"/> for a tenant that the caller may not know of, whether there is such a one or not.</returns>
    private Result<string> TenantOf(HttpContext http)
    {
        var named = http.Request.RouteValues["tenantUid"] as string ?? "";
        var isReached = named == http.Tenant() || http.Principal().IsSystemAdministrator && sinks.HasTenant(named);
        return isReached ? named : new Problem(ProblemKind.NotFound, "There is no such tenant.");
    }

    /// <summary>Names the event of the change, which <c>/v1/audits/{uid}</c> then shows.</summary>
    private async ValueTask NameAuditAsync(HttpContext http, DataSinkRecord record)
    {
        var change = await reader.GetAsync(AccessScope.WholeTenant(TenantName.System), record.Version, http.RequestAborted);
        if (change.IsOk) http.Response.Headers[AuditHeader] = EventJson.Read(change.Value.Bytes.Span).Id;
    }
}
