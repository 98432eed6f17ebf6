using Domesday.Http.Problems;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Http.PlugIns;

/// <summary>A vendor's API that the service answers to at the vendor's own paths: one folder in Domesday.Dialects, one line in its catalogue.</summary>
public interface IDialect
{
    /// <summary>Such as <c>upcloud</c>: lower case.</summary>
    string Name { get; }

    /// <summary>How the vendor writes refusals, for all of its paths.</summary>
    IProblemShape Problems { get; }

    /// <summary>Adds its routes; each says what permission it needs.</summary>
    void Map(IEndpointRouteBuilder routes);
}
