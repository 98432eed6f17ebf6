using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Domesday.Ui.SignIn;
using Microsoft.AspNetCore.Http;

namespace Domesday.Ui.Refusals;

/// <summary>What is refused under the pages' paths is a page too: without a credential the form for signing in, in the place of what was asked for.</summary>
internal sealed class UiProblems : IProblemShape
{
    public bool Covers(PathString path) => path == "/" || path.StartsWithSegments("/ui", StringComparison.Ordinal);

    public Task WriteAsync(HttpContext http, Refusal refusal)
    {
        // Browsers would show a window of their own.
        http.Response.Headers.Remove("WWW-Authenticate");
        if (refusal.Kind == ProblemKind.Unauthenticated)
            return PageResult.Page<SignInView, SignInModel>(Frame.Of(http, "Sign in"), new("Sign in to see this page.", null), refusal.Status).ExecuteAsync(http);
        var problem = new Problem(refusal.Kind ?? ProblemKind.Invalid, refusal.Detail) { Faults = refusal.Faults };
        var title = refusal.Kind == ProblemKind.Forbidden ? "No permission" : refusal.Kind == ProblemKind.Gone ? "Gone" : refusal.Status >= 500 ? "Something failed" : "Not found";
        return PageResult.Page<RefusalView, Problem>(Frame.Of(http, title), problem, refusal.Status).ExecuteAsync(http);
    }
}
