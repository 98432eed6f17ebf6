using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.LocalFile;

/// <summary>Writes events to files in the data folder.</summary>
internal sealed class LocalFileSinkType : ISinkType
{
    public string Name => "file";

    public string Title => "A file";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("name", "Name of the file", "In the folder of the tenant; events.ndjson without it."),
        new("megabytes_max", "MiB", "A file of this size is put aside."),
        new("files_max", "Files put aside", "The oldest ones beyond are deleted."),
    ];

    public IReadOnlyList<string> Secrets => [];

    public bool IsForOperators => true;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = LocalFileOptions.Read(settings);
        return options.IsOk ? new LocalFileSink(options.Value, context) : options.Problem;
    }
}
