using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Domesday.Core.Problems;
using Domesday.Http.Streaming;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>Reads a JSON body, whatever its <c>Content-Type</c> says.</summary>
internal static class PaletteBody
{
    public static async ValueTask<Result<T>> ReadAsync<T>(HttpContext http, int bytesMax, JsonTypeInfo<T> type)
        where T : class
    {
        var read = await RequestBody.ReadAsync(http, bytesMax);
        if (!read.IsOk) return read.Problem;
        using var body = read.Value;
        try
        {
            return JsonSerializer.Deserialize(body.Bytes.Span, type) is { } value ? value : new Problem(ProblemKind.Invalid, "The body must be a JSON object.");
        }
        catch (JsonException)
        {
            return new Problem(ProblemKind.Invalid, "The body is not the JSON object that this path takes.");
        }
    }
}
