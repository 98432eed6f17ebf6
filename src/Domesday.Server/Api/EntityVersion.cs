using System.Globalization;
using Domesday.Core.Control;
using Domesday.Core.Problems;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Api;

/// <summary>Versions of what the service keeps about itself, as <c>ETag</c> and <c>If-Match</c>: two who change the same do not overwrite each other.</summary>
internal static class EntityVersion
{
    /// <summary>The version that the caller insists on; null when it does not.</summary>
    public static Result<long?> Of(HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString();
        if (header is "" or "*") return (long?)null;
        return long.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? (long?)version
            : new Problem(ProblemKind.Invalid, "If-Match must be the ETag of an earlier answer.", "If-Match");
    }

    public static void Show(HttpResponse response, ControlRecord record) => response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{record.Version}\"");
}
