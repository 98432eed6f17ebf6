using System.Text.Json;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Http.PlugIns;

/// <summary>A kind of source that hands in events over HTTP: one folder in Domesday.Ingest, one line in its catalogue.</summary>
public interface IIngestSource
{
    /// <summary>Name of the kind, as <c>source_kind</c> of its events and in metrics: lower case, such as <c>kubernetes</c>.</summary>
    string Kind { get; }

    /// <summary>Adds its routes; each says what permission it needs.</summary>
    void Map(IEndpointRouteBuilder routes);

    /// <summary>Begins to read records of its senders that were kept elsewhere, for one request; as <see cref="IDialect.OpenImport"/>.</summary>
    /// <returns>Null: they are not read.</returns>
    Func<JsonElement, Result<AuditEvent>>? OpenImport() => null;

    /// <summary>Makes native events of a piece of input that was refused before, as quarantine kept it.</summary>
    /// <param name="context">What the source gave along, see <see cref="AppendRequest.Context"/>.</param>
    /// <returns>The events, yet to be validated; or <see cref="ProblemKind.Invalid"/> when it still cannot be read.</returns>
    Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context);
}
