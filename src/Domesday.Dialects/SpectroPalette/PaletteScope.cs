using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>What a request is about: the tenant, or the project that it names.</summary>
internal static class PaletteScope
{
    private const string Header = "ProjectUid";

    /// <returns>The credential's own scope without the header; <see cref="ProblemKind.Forbidden"/> for a project that the credential does not reach, whether there is such a one or not.</returns>
    public static Result<AccessScope> Of(HttpContext http)
    {
        var scope = http.Scope();
        if (http.Request.Headers[Header].ToString() is not { Length: > 0 } project) return scope;
        return scope.Projects?.Contains(project) == false ? new Problem(ProblemKind.Forbidden, "The credential does not reach this project.") : scope.Within(project);
    }
}
