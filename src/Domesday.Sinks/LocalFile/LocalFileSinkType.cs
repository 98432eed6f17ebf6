using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.LocalFile;

/// <summary>Writes events to files in the data folder.</summary>
internal sealed class LocalFileSinkType : ISinkType
{
    public string Name => "file";

    public IReadOnlyList<string> Secrets => [];

    public bool IsForOperators => true;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = LocalFileOptions.Read(settings);
        return options.IsOk ? new LocalFileSink(options.Value, context) : options.Problem;
    }
}
