using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Sinks.Aws;

namespace Domesday.Sinks.S3Archive;

/// <summary>Archives events in S3 or in a store that speaks it.</summary>
internal sealed class S3ArchiveSinkType : ISinkType
{
    public string Name => "s3";

    public string Title => "S3 archive";

    public IReadOnlyList<SettingText> Settings { get; } =
    [
        new("bucket", "Bucket", "It must be there; with object lock, if objects are to be locked."),
        new("prefix", "Prefix", "Of the names of objects."),
        new("endpoint", "Address", "Of a store that speaks S3; AWS without it."),
        new("path_style", "Bucket in the path", "Without a choice: true where there is an address."),
        new("lock_mode", "Object lock"),
        new("lock_days", "Days locked"),
        new("every_seconds", "Seconds", "How long a batch that is not full waits for more."),
        .. AwsOptions.Texts,
    ];

    public IReadOnlyList<string> Secrets => AwsOptions.Secrets;

    public Result<ISink> Open(SinkSettings settings, SinkContext context)
    {
        var options = S3ArchiveOptions.Read(settings);
        return options.IsOk ? new S3ArchiveSink(options.Value, context) : options.Problem;
    }
}
