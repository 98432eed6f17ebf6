using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.Mail;

/// <summary>Sends events by mail; meant for alerts.</summary>
internal sealed class MailSinkType : ISinkType
{
    public string Name => "mail";

    public IReadOnlyList<string> Secrets => ["password"];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = MailOptions.Read(settings);
        return options.IsOk ? new MailSink(options.Value, context) : options.Problem;
    }
}
