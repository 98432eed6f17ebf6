using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Http.Authorization;
using Domesday.Http.Parameters;
using Domesday.Http.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>What people add to an event: an event of its own that refers to the first, seen by whoever sees that.</summary>
internal static class NoteEndpoints
{
    private const string SourceKind = VendorView.NoteKind;
    private const int BodyBytesMax = 64 * 1024;
    private const int CharsMin = 3;
    private const int CharsMax = 4_000;

    public static void MapNotes(this IEndpointRouteBuilder api) => api.MapPost("/events/{sequence:long}/notes", AddAsync).RequirePermission(Permission.AuditNote);

    private static async Task<IResult> AddAsync(long sequence, HttpContext http, IEventReader reader, AppendPipeline pipeline)
    {
        var parameters = new ParameterReader(http.Request.Query);
        if (parameters.Problem() is { } unknown) return unknown.ToResult();
        var text = await TextAsync(http);
        if (!text.IsOk) return text.Problem.ToResult();
        var entry = await reader.GetAsync(http.Scope(), sequence, http.RequestAborted);
        if (!entry.IsOk) return entry.Problem.ToResult();
        var author = http.Author();
        var note = NoteEvent.About(EventJson.Read(entry.Value.Bytes.Span), sequence, text.Value, author.Actor, author.Source);
        var stored = await pipeline.AppendAsync(new(http.Tenant(), SourceKind, [EventJson.Write(note)]), CancellationToken.None);
        if (!stored.IsOk) return stored.Problem.ToResult();
        var receipt = stored.Value.Receipts[0];
        http.Response.Headers.Location = $"{NativeApi.Base}/events/{receipt.Sequence}";
        return new WrittenJson(json => AppendAnswer.Write(json, receipt), StatusCodes.Status201Created);
    }

    private static async ValueTask<Result<string>> TextAsync(HttpContext http)
    {
        var read = await RequestBody.ReadAsync(http, BodyBytesMax);
        if (!read.IsOk) return read.Problem;
        using var body = read.Value;
        string text;
        try
        {
            text = JsonSerializer.Deserialize(body.Bytes.Span, NoteJson.Default.NoteBody)?.Text?.Trim() ?? "";
        }
        catch (JsonException)
        {
            return new Problem(ProblemKind.Invalid, "The body must be {\"text\":\"…\"} and nothing else.", "text");
        }
        if (text.EnumerateRunes().Count() is < CharsMin or > CharsMax) return new Problem(ProblemKind.Invalid, $"A note has {CharsMin} to {CharsMax} characters.", "text");
        return text.Contains('\0', StringComparison.Ordinal) ? new Problem(ProblemKind.Invalid, "A note cannot hold the character NUL.", "text") : text;
    }
}

internal sealed record NoteBody(string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NoteBody))]
internal sealed partial class NoteJson : JsonSerializerContext;
