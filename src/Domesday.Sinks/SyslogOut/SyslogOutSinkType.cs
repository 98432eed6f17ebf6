using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.SyslogOut;

/// <summary>Sends events as syslog messages.</summary>
internal sealed class SyslogOutSinkType : ISinkType
{
    public string Name => "syslog";

    public IReadOnlyList<string> Secrets => [];

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = SyslogOutOptions.Read(settings);
        return options.IsOk ? new SyslogOutSink(options.Value, context) : options.Problem;
    }
}
