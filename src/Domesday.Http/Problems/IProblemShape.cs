using Domesday.Core.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Problems;

/// <summary>The form that refusals have under some paths: a vendor's own instead of RFC 9457.</summary>
/// <remarks>
/// It holds for everything that a request to such a path can be refused for, whoever refuses: routing (404, 405), authentication (401, 403, 429), handlers that answer
/// with <see cref="ProblemResults.ToResult"/>, and the failures that nobody expected (500).
/// </remarks>
public interface IProblemShape
{
    /// <summary>Whether refusals under this path have this form. The first shape that says so counts; asked once for every request, so it must be quick.</summary>
    bool Covers(PathString path);

    /// <summary>Writes the body, its <c>Content-Type</c>, and headers of its own; status, <c>Retry-After</c> and <c>WWW-Authenticate</c> are set already, and may be changed.</summary>
    Task WriteAsync(HttpContext http, Refusal refusal);
}

/// <summary>What a caller is told.</summary>
/// <param name="Kind">Null for a status that no kind stands for, such as 405.</param>
/// <param name="Detail">A sentence for the caller; holds no secret.</param>
/// <param name="Faults">Each thing that is wrong, when it can be told.</param>
public sealed record Refusal(int Status, ProblemKind? Kind, string Detail, IReadOnlyList<ProblemFault> Faults);
