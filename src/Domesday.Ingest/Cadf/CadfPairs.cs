using System.Text.Json;

namespace Domesday.Ingest.Cadf;

/// <summary>keystonemiddleware tells of every act twice: when it is asked for, and how it ended. Where both halves are there, they become one item, a list of two.</summary>
internal static class CadfPairs
{
    /// <summary>Which act an item is half of.</summary>
    /// <param name="IsRequest">The first half, not the second.</param>
    public readonly record struct Half(string ActId, bool IsRequest);

    /// <returns>Null for what is no half, and for what cannot be read.</returns>
    public static Half? HalfOf(ReadOnlyMemory<byte> item)
    {
        // Of most items a glance will do.
        if (item.Span.IndexOf("requestPath"u8) < 0 && item.Span.IndexOf("pending"u8) < 0) return null;
        try
        {
            return Notification.Read(item) is { ActId: { } id } notification && (notification.IsRequest || notification.IsResponse) ? new(id, notification.IsRequest) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The item of a whole act.</summary>
    public static ReadOnlyMemory<byte> Join(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> response) => (byte[])[(byte)'[', .. request.Span, (byte)',', .. response.Span, (byte)']'];

    /// <summary>Joins the halves that are both in a list, at the place of the second; everything else stays as it is.</summary>
    public static List<ReadOnlyMemory<byte>> Fold(IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        var requests = new Dictionary<string, int>(StringComparer.Ordinal);
        var folded = new List<ReadOnlyMemory<byte>?>(items.Count);
        foreach (var item in items)
        {
            var half = HalfOf(item);
            if (half is { IsRequest: true } request) requests[request.ActId] = folded.Count;
            if (half is { IsRequest: false } response && requests.Remove(response.ActId, out var at))
            {
                folded.Add(Join(folded[at]!.Value, item));
                folded[at] = null;
            }
            else
            {
                folded.Add(item);
            }
        }
        return [.. folded.OfType<ReadOnlyMemory<byte>>()];
    }
}
