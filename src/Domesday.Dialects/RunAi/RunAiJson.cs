using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Dialects.RunAi;

/// <summary>What Run:ai writes beside records.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunAiError))]
[JsonSerializable(typeof(RunAiOAuthError))]
internal sealed partial class RunAiJson : JsonSerializerContext;

internal sealed record RunAiError(int Code, string Message, string? Details);

internal sealed record RunAiOAuthError(string Error, string ErrorDescription);
