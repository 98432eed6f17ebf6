using Domesday.Core.Forwarding;
using Domesday.Core.Problems;

namespace Domesday.Sinks.LocalFile;

/// <summary>Which file, and when another one begins.</summary>
/// <param name="Name">Within the tenant's folder.</param>
/// <param name="BytesMax">A file that has reached this is put aside.</param>
/// <param name="FilesMax">Files that are kept beside the present one.</param>
internal sealed record LocalFileOptions(string Name, long BytesMax, int FilesMax)
{
    private const int NameCharsMax = 100;
    private const int MebiByte = 1024 * 1024;

    public static Result<LocalFileOptions> Read(SinkSettings settings)
    {
        var name = settings.Text("name", charsMax: NameCharsMax) ?? "events.ndjson";
        if (name[0] == '.' || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '-' or '_'))) settings.Fault("name", "must be letters, digits and . - _, without a folder");
        var options = new LocalFileOptions(name, settings.Number("megabytes_max", 1, 10_000, 100) * (long)MebiByte, settings.Number("files_max", 1, 1_000, 10));
        return settings.Problem() is { } problem ? problem : options;
    }
}
