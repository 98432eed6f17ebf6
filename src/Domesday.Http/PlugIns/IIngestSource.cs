using Microsoft.AspNetCore.Routing;

namespace Domesday.Http.PlugIns;

/// <summary>A kind of source that hands in events over HTTP: one folder in Domesday.Ingest, one line in its catalogue.</summary>
public interface IIngestSource
{
    /// <summary>Name of the kind, as <c>source_kind</c> of its events and in metrics: lower case, such as <c>kubernetes</c>.</summary>
    string Kind { get; }

    /// <summary>Adds its routes; each says what permission it needs.</summary>
    void Map(IEndpointRouteBuilder routes);
}
