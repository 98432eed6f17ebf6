namespace Domesday.Http.PlugIns;

/// <summary>What one request may bring; from the settings.</summary>
/// <param name="BytesMax">As sent, and again after decompression.</param>
/// <param name="EventsMax">Events, or the source's own records.</param>
public sealed record BatchLimits(int BytesMax, int EventsMax);
