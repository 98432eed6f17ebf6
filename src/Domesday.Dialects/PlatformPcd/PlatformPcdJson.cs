using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Dialects.PlatformPcd;

/// <summary>What PCD and Keystone write and read beside records.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PcdError))]
[JsonSerializable(typeof(KeystoneError))]
[JsonSerializable(typeof(PcdFilterOptions))]
internal sealed partial class PlatformPcdJson : JsonSerializerContext;

internal sealed record PcdError(string Error);

internal sealed record KeystoneError(KeystoneErrorBody Error);

internal sealed record KeystoneErrorBody(int Code, string Title, string Message);

/// <param name="Services">Types of resources by the component that they belong to.</param>
internal sealed record PcdFilterOptions(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Services,
    IReadOnlyList<string> Outcomes,
    IReadOnlyList<string> Regions,
    IReadOnlyList<string> ProjectIds,
    IReadOnlyList<string> Domains,
    IReadOnlyList<string> ActionNames,
    IReadOnlyList<string> ActionResults);
