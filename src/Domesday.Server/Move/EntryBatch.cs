using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Server.Move;

/// <summary>Stored entries as a batch again: without their sequences, which the new store gives them anew, in the same order.</summary>
internal sealed class EntryBatch
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("\"sequence\":");

    private readonly ByteBuffer _bytes = new(1 << 20);
    private readonly List<PendingEntry> _entries = [];
    private readonly List<PendingAttachment> _attachments = [];
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];

    public int Count => _entries.Count;

    public int Bytes => _bytes.Length;

    public PendingBatch Batch => new(_bytes.Written.ToArray(), [.. _entries]) { Attachments = [.. _attachments] };

    /// <summary>When the entry arrived.</summary>
    public static ReadOnlySpan<byte> ArrivalOf(ReadOnlySpan<byte> entry)
    {
        var slices = new FieldSlice[EventSchema.Count];
        EntrySlicer.Slice(entry, slices);
        return slices[(int)EventField.ReceivedAt].Of(entry);
    }

    public void Add(ReadOnlySpan<byte> entry)
    {
        EntrySlicer.Slice(entry, _slices);
        var (sequence, id) = (_slices[(int)EventField.Sequence], _slices[(int)EventField.Id]);
        var (at, behind) = (sequence.Start - Key.Length, sequence.Start + sequence.Length + 1);
        var start = _bytes.Length;
        _bytes.Append(entry[..at]);
        _bytes.Append(entry[behind..]);
        _entries.Add(new(start, _bytes.Length - start, at, id.Start > at ? id.Start - (behind - at) : id.Start, id.Length));
    }

    /// <summary>Takes along the bodies that lie beside an entry that was just added.</summary>
    public async ValueTask<Problem?> AttachAsync(IEventReader reader, StoredEntry entry, CancellationToken cancellation)
    {
        var names = DigestsOf(entry.Bytes.Span);
        foreach (var name in names)
        {
            var body = await reader.AttachmentAsync(Core.Access.AccessScope.WholeTenant(entry.Tenant), entry.Sequence, name, cancellation);
            if (!body.IsOk) return body.Problem;
            _attachments.Add(new(_entries.Count - 1, name, body.Value.ToArray()));
        }
        return null;
    }

    private HashSet<string> DigestsOf(ReadOnlySpan<byte> entry)
    {
        var digests = new HashSet<string>(StringComparer.Ordinal);
        var attachments = _slices[(int)EventField.Attachments].Of(entry);
        if (attachments.IsEmpty) return digests;
        using var json = JsonDocument.Parse(attachments.ToArray());
        foreach (var member in json.RootElement.EnumerateObject()) digests.Add(member.Value.GetProperty("sha256").GetString()!);
        return digests;
    }
}
