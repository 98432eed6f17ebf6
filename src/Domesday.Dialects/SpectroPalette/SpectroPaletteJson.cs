using System.Text.Json.Serialization;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>What Palette writes and reads beside records. Reading passes over members that it does not know, as the vendor's service does.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(PaletteError))]
[JsonSerializable(typeof(PaletteSignIn))]
[JsonSerializable(typeof(PaletteNote))]
[JsonSerializable(typeof(DataSinkConfig))]
[JsonSerializable(typeof(CloudWatchConfig))]
[JsonSerializable(typeof(DataSinkPush))]
internal sealed partial class SpectroPaletteJson : JsonSerializerContext;

internal sealed record PaletteError(string Code, IReadOnlyDictionary<string, string> Details, string Message, string Ref);

internal sealed record PaletteSignIn(string? EmailId, string? Password, string? Org)
{
    /// <summary>Without the password, so that it cannot slip into a log.</summary>
    public override string ToString() => EmailId ?? "";
}

internal sealed record PaletteNote(string? UserMsg);
