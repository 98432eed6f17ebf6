using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.Webhook;

/// <summary>Posts events to an address.</summary>
internal sealed class WebhookSinkType : ISinkType
{
    public string Name => "webhook";

    public IReadOnlyList<string> Secrets => ["secret", "key", "authorization", "path"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = WebhookOptions.Read(settings);
        return options.IsOk ? new WebhookSink(options.Value, context) : options.Problem;
    }
}
