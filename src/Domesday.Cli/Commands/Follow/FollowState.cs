using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Cli.Commands.Follow;

/// <summary>Up to where a log was sent, kept in a file.</summary>
/// <param name="WrittenAt">When the part that was read last had been written last.</param>
internal sealed record FollowState(FileMark Mark, long Offset, DateTime WrittenAt)
{
    /// <returns>Null when nothing was saved; the beginning of all parts that are left when it cannot be read, as after a power cut: what is sent twice is stored once.</returns>
    public static FollowState? Load(string? file)
    {
        if (file is null || !File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), FollowJson.Default.FollowState);
        }
        catch (JsonException)
        {
            return new(FileMark.Of([]), 0, DateTime.MinValue);
        }
    }

    public void Save(string file)
    {
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(this, FollowJson.Default.FollowState));
        File.Move(file + ".new", file, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(FollowState))]
internal sealed partial class FollowJson : JsonSerializerContext;
