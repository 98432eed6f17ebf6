using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Append;

/// <summary>Sets a large body beside its entry; the entry then names its SHA-256 and length under <c>attachments</c>.</summary>
internal static class AttachStep
{
    private static readonly EventField[] Bodies =
        [EventField.RequestBody, EventField.ResponseBody, EventField.ChangeBefore, EventField.ChangeAfter, EventField.Raw];

    /// <summary>Moves the largest body that is still in the entry.</summary>
    /// <returns>False when there is none that would make the entry smaller.</returns>
    public static bool TryMoveLargest(EventDraft draft, int entry, List<PendingAttachment> attachments)
    {
        EventField? largest = null;
        foreach (var field in Bodies)
        {
            if (draft.Value(field).Length > (largest is { } best ? draft.Value(best).Length : 256)) largest = field;
        }
        if (largest is not { } moved) return false;
        var body = draft.Value(moved).ToArray();
        var digest = Convert.ToHexStringLower(SHA256.HashData(body));
        attachments.Add(new(entry, digest, body));
        draft.Remove(moved);
        AddDigest(draft, EventSchema.Of(moved).Path, digest, body.Length);
        return true;
    }

    private static void AddDigest(EventDraft draft, string path, string digest, int length)
    {
        var members = draft.Has(EventField.Attachments) ? draft.Value(EventField.Attachments)[1..^1] : [];
        var added = string.Create(CultureInfo.InvariantCulture, $"{{\"{path}\":{{\"bytes\":{length},\"sha256\":\"{digest}\"}}");
        byte[] joined = [.. Encoding.ASCII.GetBytes(added), .. members.IsEmpty ? [] : ","u8, .. members, (byte)'}'];
        draft.SetCanonical(EventField.Attachments, CanonicalJson.Canonicalize(joined));
    }
}
