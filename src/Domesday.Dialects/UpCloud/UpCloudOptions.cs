namespace Domesday.Dialects.UpCloud;

/// <summary>What may differ between installations.</summary>
internal sealed record UpCloudOptions
{
    /// <summary>How far back a list without <c>created_after</c> and an export reach. Days, at least 1.</summary>
    public int HistoryDays { get; init; } = 180;
}
