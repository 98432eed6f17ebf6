using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Server.Backup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>A consistent copy of everything, while the service runs.</summary>
internal static class BackupEndpoints
{
    /// <summary>All tenants' events and the signing key leave the service: among its operators, that takes every permission there is.</summary>
    public static void MapBackup(this IEndpointRouteBuilder api) => api.MapGet("/backup", Get).RequirePermission(Rights.All, wholeTenant: true).RequireOperator();

    private static IResult Get(HttpContext http, IEventStore store, SealingOptions sealing, ReadAudit audit, TimeProvider time)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } problem) return problem.ToResult();
        if (store is not IStoreBackup backup) return new Problem(ProblemKind.Conflict, "This storage engine is backed up with its own tools.").ToResult();
        audit.Export(http.Author(), AccessScope.AllTenants(), "backup", "");
        return new BackupResult(() => ServiceCopy.Begin(sealing, backup), time.GetUtcNow());
    }
}
