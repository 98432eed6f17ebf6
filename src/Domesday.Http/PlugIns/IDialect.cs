using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
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

    /// <summary>Begins to read records of the vendor's, as its API or its files give them, for one request.</summary>
    /// <returns>
    /// Makes an event of one record, with the record's own identity as its id, so that reading the same again stores nothing twice; or <see cref="ProblemKind.Invalid"/>. Null: this
    /// vendor's records are not read.
    /// </returns>
    Func<JsonElement, Result<AuditEvent>>? OpenImport() => null;
}
