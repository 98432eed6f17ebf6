using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Core.Append;

/// <summary>What a machine sent and cannot correct, as events of the tenant's quarantine ledger: the bytes, the reasons, the source, the time.</summary>
public static class QuarantineEvents
{
    public const string SourceKind = "quarantine";

    public const string Action = "quarantine";

    /// <summary>One event for each rejected index.</summary>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> From(AppendRequest request, IReadOnlyList<ProblemFault> rejected) =>
    [
        .. rejected.GroupBy(fault => fault.Index ?? 0).Select(faults => One(request.SourceKind,
            request.Original?.Invoke(faults.Key) ?? request.Events[faults.Key], [.. faults])),
    ];

    /// <summary>The event that keeps one refused piece of input.</summary>
    /// <param name="bytes">As they came.</param>
    public static ReadOnlyMemory<byte> One(string sourceKind, ReadOnlyMemory<byte> bytes, IReadOnlyList<ProblemFault> faults)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteBase64String("bytes", bytes.Span);
            writer.WriteStartArray("faults");
            foreach (var fault in faults)
            {
                writer.WriteStartObject();
                writer.WriteString("field", fault.Field);
                writer.WriteString("reason", fault.Reason);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return EventJson.Write(new AuditEvent
        {
            Action = Action,
            Service = "domesday",
            Operation = sourceKind,
            Outcome = new() { Result = OutcomeResult.Failure, Reason = "not understood" },
            Raw = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length)).RootElement.Clone(),
        });
    }
}
