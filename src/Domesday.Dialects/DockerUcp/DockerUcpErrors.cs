using System.Text.Json;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.DockerUcp;

/// <summary>The Engine API's form of refusals, which UCP's own routes use too: <c>{"message":"…"}</c>. The docker CLI prints it.</summary>
internal sealed class DockerUcpErrors : IProblemShape
{
    private static readonly PathString[] Paths = ["/api/ucp", "/api/support", "/auth/login", "/_ping", "/containers"];

    public bool Covers(PathString path)
    {
        foreach (var own in Paths)
        {
            if (path.StartsWithSegments(own)) return true;
        }
        // A version of the Engine API, such as /v1.47.
        return path.Value is ['/', 'v', '1', '.', >= '0' and <= '9', ..];
    }

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        var message = refusal.Faults.Count == 0 ? refusal.Detail : string.Join("; ", refusal.Faults.Select(fault => fault.Sentence));
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, new(message), DockerUcpJson.Default.UcpMessage, http.RequestAborted);
    }
}
