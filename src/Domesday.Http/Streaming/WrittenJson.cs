using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Streaming;

/// <summary>A JSON answer that is written member by member, straight into the response.</summary>
/// <param name="write">Must write one whole value; a JSON text that is ready goes in with <see cref="Utf8JsonWriter.WriteRawValue(ReadOnlySpan{byte}, bool)"/>.</param>
public sealed class WrittenJson(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>Answers are JSON in a response of that type, never part of a page: nothing but what JSON asks for is escaped.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = status;
        httpContext.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, Options);
        write(json);
        return Task.CompletedTask;
    }
}
