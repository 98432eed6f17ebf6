using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Transport;

namespace Domesday.Sinks.ElasticBulk;

/// <summary>Indexes events in Elasticsearch or OpenSearch.</summary>
internal sealed class ElasticBulkSinkType : ISinkType
{
    public string Name => "elasticsearch";

    public string Title => "Elasticsearch, OpenSearch";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("url", "Address of the cluster", "Such as https://es.example.com:9200"),
        new("index", "Index", "Or an alias, or a data stream; domesday-<tenant> without it."),
        new("api_key", "API key", "In its encoded form. Or a user:"),
        new("user", "User"),
        new("password", "Password"),
        TlsTrust.Text,
    ];

    public IReadOnlyList<string> Secrets => ["api_key", "password"];

    public IReadOnlyList<string> Destination => ["url"];

    public string FormatDefault => EventFormats.Ecs;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = ElasticBulkOptions.Read(settings, $"domesday-{context.Tenant}");
        return options.IsOk ? new ElasticBulkSink(options.Value, context) : options.Problem;
    }
}
