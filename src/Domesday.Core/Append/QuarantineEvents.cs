using System.Security.Cryptography;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Core.Append;

/// <summary>What a machine sent and cannot correct, as events of the tenant's quarantine ledger: the bytes, the reasons, the source, the time.</summary>
/// <remarks>Its id is the digest of what came, so that a sender's retries are kept once. <see cref="QuarantinedInput"/> reads it back.</remarks>
public static class QuarantineEvents
{
    public const string SourceKind = "quarantine";

    public const string Action = "quarantine";

    /// <summary>Says in the quarantine ledger that an item's events were stored after all.</summary>
    public const string ReplayAction = "replay";

    /// <summary>Bytes kept of one item; what is longer is cut, and says so.</summary>
    public const int BytesMax = 2 * 1024 * 1024;

    private const int FaultsMax = 100;
    private const int TextCharsMax = 500;

    /// <summary>One event for each rejected index.</summary>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> From(AppendRequest request, IReadOnlyList<ProblemFault> rejected) =>
    [
        .. rejected.GroupBy(fault => fault.Index ?? 0).Select(faults => One(request.SourceKind,
            new(request.Original?.Invoke(faults.Key) ?? request.Events[faults.Key], [.. faults]) { Context = request.Context })),
    ];

    /// <summary>The event that keeps one refused piece of input.</summary>
    internal static ReadOnlyMemory<byte> One(string sourceKind, RefusedInput input)
    {
        var bytes = input.Bytes.Span;
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteBase64String("bytes", bytes[..Math.Min(bytes.Length, BytesMax)]);
            if (input.Context is not null) writer.WriteString("context", Printable(input.Context));
            writer.WriteStartArray("faults");
            foreach (var fault in input.Faults.Take(FaultsMax))
            {
                writer.WriteStartObject();
                writer.WriteString("field", Printable(fault.Field));
                writer.WriteString("reason", Printable(fault.Reason));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteNumber("length", bytes.Length);
            writer.WriteString("sha256", digest);
            writer.WriteEndObject();
        }
        using var raw = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
        return EventJson.Write(new AuditEvent
        {
            Id = $"{sourceKind}/{digest}",
            Action = Action,
            Service = "domesday",
            Operation = sourceKind,
            Outcome = new() { Result = OutcomeResult.Failure, Reason = "not understood" },
            Raw = raw.RootElement,
        });
    }

    /// <summary>A sender's own words may hold what no event may, such as NUL; and they may be long.</summary>
    private static string Printable(string text)
    {
        if (text.Length > TextCharsMax) text = string.Concat(text.AsSpan(0, TextCharsMax), "\u2026");
        return string.Concat(text.Select(unit => char.IsControl(unit) ? '\uFFFD' : unit));
    }
}
