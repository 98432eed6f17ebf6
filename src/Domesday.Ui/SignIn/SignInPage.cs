using Domesday.Core.Problems;
using Domesday.Http.Authentication.Cookie;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ui.SignIn;

/// <summary>Signing in for a session cookie, and out again.</summary>
internal static class SignInPage
{
    private const string Path = "/ui/sign-in";
    private const string Scheme = "ui";

    private static readonly Problem Foreign = new(ProblemKind.Forbidden, "The form was sent from another site, or by a browser that does not say from where.");

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Get).AllowUnauthenticated();
        routes.MapPost(Path, InAsync).AllowUnauthenticated();
        routes.MapPost("/ui/sign-out", OutAsync).RequireCredential();
    }

    private static IResult Get(HttpContext http) => Form(http, new(null, null));

    private static async Task<IResult> InAsync(HttpContext http, Core.Credentials.SignIn signIn)
    {
        if (!SameSite.IsOwn(http.Request)) return Foreign.ToResult();
        if (!http.Request.HasFormContentType) return new Problem(ProblemKind.Invalid, "Send the form's fields user and password.").ToResult();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (user, password) = (form["user"].ToString(), form["password"].ToString());
        var signedIn = await signIn.WithPasswordAsync(Scheme, null, user, password, http.SignInOrigin(), http.RequestAborted);
        if (!signedIn.IsOk)
        {
            var detail = signedIn.Problem.Kind == ProblemKind.Unauthenticated ? "The user or the password is not right." : signedIn.Problem.Detail;
            return Form(http, new(detail, user) { IsRefused = true }, ProblemResults.StatusOf(signedIn.Problem.Kind));
        }
        SessionCookie.Set(http.Response, signedIn.Value);
        return TypedResults.Redirect(Back(http.Request));
    }

    private static async Task<IResult> OutAsync(HttpContext http, Core.Credentials.SignIn signIn)
    {
        // A session that was ended already is what was wanted; a credential that is no session has nothing to end.
        var problem = await signIn.OutAsync(http.Principal(), http.Author(), http.RequestAborted);
        if (problem is not null) return problem.ToResult();
        SessionCookie.Clear(http.Response);
        return TypedResults.Redirect(Path);
    }

    private static IResult Form(HttpContext http, SignInModel model, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.CacheControl = "no-store";
        return PageResult.Page<SignInView, SignInModel>(Frame.Of(http, "Sign in"), model, status);
    }

    /// <summary>The page that the form stood on: one that asks for a credential shows it in its own place. Only pages of ours.</summary>
    private static string Back(HttpRequest request)
    {
        if (!Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var page) || page.Authority != request.Host.Value) return "/";
        return page.AbsolutePath.StartsWith("/ui/", StringComparison.Ordinal) && page.AbsolutePath != Path ? page.PathAndQuery : page.AbsolutePath == "/" ? page.PathAndQuery : "/";
    }
}
