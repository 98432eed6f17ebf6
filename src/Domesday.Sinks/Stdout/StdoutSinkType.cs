using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.Stdout;

/// <summary>Writes events to the service's standard output, a line each.</summary>
internal sealed class StdoutSinkType : ISinkType
{
    public string Name => "stdout";

    public string Title => "Standard output";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("prefix", "Prefix", "Stands before each line, so that events can be told from the service's own log."),
    ];

    public IReadOnlyList<string> Secrets => [];

    public bool IsForOperators => true;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = StdoutOptions.Read(settings);
        return options.IsOk ? new StdoutSink(options.Value, context) : options.Problem;
    }
}
