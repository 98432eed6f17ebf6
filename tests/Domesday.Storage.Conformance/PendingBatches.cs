using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Append;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>Composes batches as the pipeline does, so that two stores can be given the very same bytes.</summary>
public static class PendingBatches
{
    /// <param name="attachments">Bodies to keep beside the entries, by index of the event.</param>
    public static PendingBatch Of(string tenant, DateTimeOffset now, IEnumerable<AuditEvent> events, params IReadOnlyList<(int Entry, byte[] Bytes)> attachments)
    {
        var (parser, draft, enrich, output) = (new EventParser(EventLimits.Default), new EventDraft(), new EnrichStep(), new ByteBuffer());
        var (entries, faults) = (new List<PendingEntry>(), new List<Fault>());
        var request = new AppendRequest(tenant, "conformance", []);
        foreach (var auditEvent in events)
        {
            if (!parser.TryParse(EventJson.Write(auditEvent), draft, faults)) throw new ArgumentException($"{faults[0].Field} {faults[0].Reason}", nameof(events));
            enrich.Apply(draft, request, Timestamp.FromDateTimeOffset(now));
            if (attachments.Where(attachment => attachment.Entry == entries.Count).ToList() is { Count: > 0 } own) SetAttachments(draft, own);
            var start = output.Length;
            var sequenceAt = draft.Compose(output);
            entries.Add(new(start, output.Length - start, sequenceAt, draft.IdAt, draft.Value(EventField.Id).Length - 2));
        }
        return new(output.Written.ToArray(), entries)
        {
            Attachments = [.. attachments.Select(attachment => new PendingAttachment(attachment.Entry, DigestOf(attachment.Bytes), attachment.Bytes))],
        };
    }

    public static string DigestOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void SetAttachments(EventDraft draft, IEnumerable<(int Entry, byte[] Bytes)> attachments)
    {
        var members = attachments.Select((attachment, index) => string.Create(CultureInfo.InvariantCulture,
            $"\"body{index}\":{{\"bytes\":{attachment.Bytes.Length},\"sha256\":\"{DigestOf(attachment.Bytes)}\"}}"));
        draft.SetCanonical(EventField.Attachments, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes($"{{{string.Join(',', members)}}}")));
    }
}
