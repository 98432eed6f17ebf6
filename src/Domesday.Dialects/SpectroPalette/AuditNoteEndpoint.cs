using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.Lookup;
using Domesday.Http.Parameters;
using Domesday.Http.PlugIns;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Dialects.SpectroPalette;

/// <summary><c>PATCH /v1/audits/{uid}/userMsg</c>: the update note. It is an event of its own, so that the first stays as it was.</summary>
internal sealed class AuditNoteEndpoint(IEventReader reader, AppendPipeline pipeline)
{
    private const int BodyBytesMax = 16 * 1024;
    private const int CharsMin = 3;
    private const int CharsMax = 255;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.Answer("PATCH", SpectroPaletteEndpoints.Base + "/{uid}/userMsg", AddAsync).RequirePermission(Permission.AuditNote);

    private async ValueTask<IResult> AddAsync(HttpContext http)
    {
        var scope = PaletteScope.Of(http);
        if (!scope.IsOk) return scope.Problem.ToResult();
        var read = await PaletteBody.ReadAsync(http, BodyBytesMax, SpectroPaletteJson.Default.PaletteNote);
        if (!read.IsOk) return read.Problem.ToResult();
        var text = read.Value.UserMsg?.Trim() ?? "";
        if (text.EnumerateRunes().Count() is < CharsMin or > CharsMax) return new Problem(ProblemKind.Invalid, $"must have {CharsMin} to {CharsMax} characters", "userMsg").ToResult();
        if (text.Contains('\0', StringComparison.Ordinal)) return new Problem(ProblemKind.Invalid, "cannot hold the character NUL", "userMsg").ToResult();
        var found = (await reader.FindAsync(scope.Value, http.Request.RouteValues["uid"] as string ?? "", http.RequestAborted)).OrMissing();
        if (!found.IsOk) return found.Problem.ToResult();
        var author = http.Author();
        var note = NoteEvent.About(EventJson.Read(found.Value.Bytes.Span), found.Value.Sequence, text, author.Actor, author.Source);
        var stored = await pipeline.AppendAsync(new(http.Tenant(), VendorView.NoteKind, [EventJson.Write(note)]), CancellationToken.None);
        return stored.IsOk ? TypedResults.NoContent() : stored.Problem.ToResult();
    }
}
