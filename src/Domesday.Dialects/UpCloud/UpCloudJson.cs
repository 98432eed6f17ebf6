using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Dialects.UpCloud;

/// <summary>What UpCloud writes beside records.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpCloudProblem))]
[JsonSerializable(typeof(UpCloudFilterOptions))]
internal sealed partial class UpCloudJson : JsonSerializerContext;

/// <summary>An error.</summary>
internal sealed record UpCloudProblem(string Type, string Title, IReadOnlyList<UpCloudInvalidParameter>? InvalidParams, string CorrelationId, int Status);

internal sealed record UpCloudInvalidParameter(string Name, string Reason);

internal sealed record UpCloudFilterOptions(IReadOnlyList<string> ResourceTypes, IReadOnlyList<string> Actions, IReadOnlyList<string> Origins);
