using Domesday.Core.Problems;
using Domesday.Http.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authorization;

/// <summary>How a route answers when authentication or authorization refuses a request before its handler runs.</summary>
public static class RefusalShape
{
    /// <summary>Refuses in a vendor's own shape. The refusal carries nothing that the vendor's shape may not show; keep its status (see <see cref="ProblemResults.StatusOf"/>) and <c>Retry-After</c>.</summary>
    public static TBuilder RefuseWith<TBuilder>(this TBuilder routes, Func<Problem, IResult> shape)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new Shape(shape));

    internal static IResult ResultOf(Endpoint endpoint, Problem problem) => endpoint.Metadata.GetMetadata<Shape>() is { } shape ? shape.Of(problem) : problem.ToResult();

    private sealed record Shape(Func<Problem, IResult> Of);
}
