using System.Text.Json;
using System.Text.Json.Serialization;

namespace Domesday.Events.Capture;

/// <summary>The JSON form of a policy, strict: a repeated, unknown or null member is an error.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CapturePolicy))]
public sealed partial class CaptureJson : JsonSerializerContext;
