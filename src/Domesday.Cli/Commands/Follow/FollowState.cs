using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;

namespace Domesday.Cli.Commands.Follow;

/// <summary>Up to where a log was sent, kept in a file.</summary>
/// <param name="WrittenAt">When the part that was read last had been written last.</param>
internal sealed record FollowState(FileMark Mark, long Offset, DateTime WrittenAt)
{
    /// <returns>Null when nothing was saved.</returns>
    /// <exception cref="UsageException">The file holds something else.</exception>
    public static FollowState? Load(string? file)
    {
        if (file is null || !File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), FollowJson.Default.FollowState);
        }
        catch (JsonException exception)
        {
            throw new UsageException($"{file} is no position of a log: {exception.Message}");
        }
    }

    public void Save(string file)
    {
        var temporary = file + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, this, FollowJson.Default.FollowState);
            // What is found after a power cut is the old position or the new one, and never half of it.
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(FollowState))]
internal sealed partial class FollowJson : JsonSerializerContext;
