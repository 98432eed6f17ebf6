using System.Text;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>Reads what <see cref="CsvExport"/> wrote, and gives back each entry byte for byte. Columns may be missing or in another order; a row without its end is an error.</summary>
public sealed class CsvExportReader(TextReader input)
{
    private readonly CsvRowReader _rows = new(input);
    private readonly EventDraft _draft = new();
    private readonly ByteBuffer _entry = new();
    private List<FieldDefinition>? _columns;

    /// <summary>The next event's canonical bytes; null behind the last one.</summary>
    /// <returns><see cref="ProblemKind.Invalid"/>, naming line and column, for a file that is not such an export, or was cut off or changed so that it is none.</returns>
    public Result<byte[]?> Read()
    {
        if (_columns is null && ReadHeader() is { } problem) return problem;
        var row = _rows.Read();
        if (!row.IsOk) return row.Problem;
        if (row.Value is not { } cells) return (byte[]?)null;
        if (cells.Count != _columns!.Count) return Refuse($"has {cells.Count} cells, not {_columns.Count}");
        _draft.Clear();
        long? sequence = null;
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i].Length == 0) continue;
            var field = _columns[i];
            if (field.Field == EventField.Sequence) sequence = long.TryParse(cells[i], out var number) && number >= 0 ? number : null;
            else if (EntrySlicer.IsQuoted(field.Kind)) _draft.SetText(field.Field, CsvCell.Restore(cells[i]));
            else if (!TrySetJson(field.Field, CsvCell.Restore(cells[i]))) return Refuse($"has something other than JSON in the column {field.Path}");
        }
        if (sequence is not { } place) return Refuse("has no sequence");
        if (!_draft.Has(EventField.Tenant) || !_draft.Has(EventField.Time)) return Refuse("has no tenant or no time");
        return Composed(place);
    }

    private byte[] Composed(long sequence)
    {
        _entry.Clear();
        var sequenceAt = _draft.Compose(_entry);
        var pending = new PendingEntry(0, _entry.Length, sequenceAt, 0, 0);
        var entry = new byte[pending.LengthWith(sequence)];
        pending.Write(_entry.Written, sequence, entry);
        return entry;
    }

    private bool TrySetJson(EventField field, string json)
    {
        try
        {
            _draft.SetCanonical(field, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private Problem? ReadHeader()
    {
        var row = _rows.Read();
        if (!row.IsOk) return row.Problem;
        var columns = new List<FieldDefinition>();
        foreach (var path in row.Value ?? [])
        {
            if (!EventSchema.TryFind(path, out var field)) return Refuse($"names a column {path}, which is not a field of an event");
            if (columns.Exists(column => column.Field == field)) return Refuse($"names the column {path} twice");
            columns.Add(EventSchema.Of(field));
        }
        if (columns.Count == 0) return Refuse("is empty: the names of the columns are missing");
        _columns = columns;
        return null;
    }

    private Problem Refuse(string reason) => new(ProblemKind.Invalid, $"Line {_rows.Line} {reason}.");
}
