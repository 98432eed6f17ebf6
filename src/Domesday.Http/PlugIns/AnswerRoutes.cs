using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Http.PlugIns;

/// <summary>Routes whose handlers read the request themselves and return their answer: nothing is bound, so nothing is refused in another form than the vendor's.</summary>
public static class AnswerRoutes
{
    /// <param name="method">Such as <c>GET</c>.</param>
    public static IEndpointConventionBuilder Answer(this IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, ValueTask<IResult>> handler) =>
        routes.MapMethods(pattern, [method], async http =>
        {
            var answer = await handler(http);
            await answer.ExecuteAsync(http);
        });
}
