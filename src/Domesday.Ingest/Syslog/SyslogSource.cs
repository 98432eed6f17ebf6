using Domesday.Core.Problems;
using Domesday.Http.Mapping;
using Domesday.Http.PlugIns;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Ingest.Syslog;

/// <summary>Syslog messages. They come over <see cref="SyslogListeners"/>, not over HTTP; the mapping is described in docs/sources/syslog.md.</summary>
internal sealed class SyslogSource : IIngestSource
{
    public const string Name = "syslog";

    public string Kind => Name;

    public void Map(IEndpointRouteBuilder routes)
    {
    }

    /// <param name="context">Over what and from where it came, such as <c>udp 192.0.2.7</c>.</param>
    public Result<IReadOnlyList<ReadOnlyMemory<byte>>> Read(ReadOnlyMemory<byte> input, string? context) =>
        MappedItems.Of([input], context, (item, json) => SyslogMapping.TryWrite(item, context, json)).All("It is not a syslog message.");
}
