using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Core.Append;

/// <summary>One item of a quarantine ledger.</summary>
/// <param name="Sequence">Its place in the quarantine ledger.</param>
/// <param name="Source">The kind of source that it came over.</param>
/// <param name="Bytes">As they came; at most <see cref="QuarantineEvents.BytesMax"/>.</param>
/// <param name="Length">Bytes that came.</param>
/// <param name="Sha256">Of everything that came, lower-case hex.</param>
public sealed record QuarantinedInput(long Sequence, Timestamp Time, string Source, byte[] Bytes, long Length, string Sha256, IReadOnlyList<ProblemFault> Faults)
{
    /// <inheritdoc cref="AppendRequest.Context"/>
    public string? Context { get; init; }

    public bool IsWhole => Bytes.LongLength == Length;

    /// <summary>Reads an entry of a quarantine ledger.</summary>
    /// <param name="tenant">The tenant whose quarantine it is.</param>
    /// <returns><see cref="ProblemKind.NotFound"/> when there is none, or when the entry is no such item.</returns>
    public static async ValueTask<Result<QuarantinedInput>> ReadAsync(IEventReader reader, string tenant, long sequence, CancellationToken cancellation)
    {
        var scope = AccessScope.WholeTenant(TenantName.QuarantineOf(tenant));
        var entry = await reader.GetAsync(scope, sequence, cancellation);
        if (!entry.IsOk) return entry.Problem;
        var auditEvent = EventJson.Read(entry.Value.Bytes.Span);
        if (auditEvent is not { Action: QuarantineEvents.Action, Operation: { } source, Time: { } time }) return new Problem(ProblemKind.NotFound, "There is no such item in quarantine.");
        var body = auditEvent.Raw?.Deserialize(QuarantineJson.Default.QuarantineBody);
        if (body is null && auditEvent.Attachments?.GetValueOrDefault("raw") is { } attached)
        {
            var bytes = await reader.AttachmentAsync(scope, sequence, attached.Sha256, cancellation);
            if (!bytes.IsOk) return bytes.Problem;
            body = JsonSerializer.Deserialize(bytes.Value.Span, QuarantineJson.Default.QuarantineBody);
        }
        if (body is null) return new Problem(ProblemKind.NotFound, "There is no such item in quarantine.");
        return new QuarantinedInput(sequence, time, source, body.Bytes, body.Length, body.Sha256, [.. body.Faults.Select(fault => new ProblemFault(null, fault.Field, fault.Reason))]) { Context = body.Context };
    }
}

internal sealed record QuarantineBody(byte[] Bytes, IReadOnlyList<QuarantineFault> Faults, long Length, string Sha256, string? Context = null);

internal sealed record QuarantineFault(string Field, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuarantineBody))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
