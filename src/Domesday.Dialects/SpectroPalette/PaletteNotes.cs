using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>Finds the update notes of events: the vendor shows one text, which is the newest note.</summary>
internal sealed class PaletteNotes(IEventReader reader, AccessScope scope)
{
    private const int NotesMax = 10_000;

    private static readonly FieldCondition IsNote = FieldCondition.Is(EventField.SourceKind, VendorView.NoteKind);

    /// <summary>Whether there is any at all: without one nothing else needs to be asked.</summary>
    public async ValueTask<Result<bool>> AnyAsync(CancellationToken cancellation)
    {
        var count = await reader.CountAsync(scope, new() { Conditions = [IsNote] }, cancellation);
        return count.IsOk ? count.Value > 0 : count.Problem;
    }

    /// <summary>The newest note on each of these events that has one, by sequence.</summary>
    public async ValueTask<Result<Dictionary<long, string>>> OfAsync(IReadOnlyList<StoredEntry> entries, CancellationToken cancellation)
    {
        var notes = new Dictionary<long, string>();
        if (entries.Count == 0) return notes;
        var about = FieldCondition.Is(EventField.RefersTo, [.. entries.Select(entry => entry.Sequence.ToString(CultureInfo.InvariantCulture))]);
        var page = await reader.ListAsync(scope, new() { Filter = new() { Conditions = [IsNote, about] }, Limit = NotesMax }, cancellation);
        if (!page.IsOk) return page.Problem;
        foreach (var entry in page.Value.Entries)
        {
            var note = EventJson.Read(entry.Bytes.Span);
            if (note is { RefersTo: { } sequence, Reason.Text: { } text }) notes.TryAdd(sequence, text);
        }
        return notes;
    }
}
