using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.ElasticBulk;

/// <summary>Indexes events in Elasticsearch or OpenSearch.</summary>
internal sealed class ElasticBulkSinkType : ISinkType
{
    public string Name => "elasticsearch";

    public IReadOnlyList<string> Secrets => ["api_key", "password"];

    public string FormatDefault => EventFormats.Ecs;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = ElasticBulkOptions.Read(settings, $"domesday-{context.Tenant}");
        return options.IsOk ? new ElasticBulkSink(options.Value, context) : options.Problem;
    }
}
