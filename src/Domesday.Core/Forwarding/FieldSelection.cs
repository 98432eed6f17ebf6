using System.Text;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Events.Schema;

namespace Domesday.Core.Forwarding;

/// <summary>Writes chosen fields of an event, in the event's own form and order; id, time and sequence are always there, so that a receiver can tell events apart.</summary>
public sealed class FieldSelection
{
    private static readonly EventField[] Always = [EventField.Id, EventField.Sequence, EventField.Time];

    private readonly (EventField Field, byte[][] Path, bool IsText)[] _fields;

    private FieldSelection(IEnumerable<EventField> fields) =>
        _fields = [.. fields.Concat(Always).Distinct().Order().Select(field => (field, EventSchema.Of(field).Path.Split('.').Select(Encoding.ASCII.GetBytes).ToArray(), IsText(EventSchema.Of(field).Kind)))];

    /// <param name="paths">Paths of fields, such as <c>actor.name</c>, or of what holds several, such as <c>actor</c>.</param>
    /// <returns><see cref="ProblemKind.Invalid"/> naming each that is unknown.</returns>
    public static Result<FieldSelection> Of(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var fields = new List<EventField>();
        var faults = new List<ProblemFault>();
        for (var i = 0; i < paths.Count; i++)
        {
            var path = paths[i];
            var found = EventSchema.Fields.Where(field => field.Path == path || field.Path.StartsWith(path + ".", StringComparison.Ordinal)).Select(field => field.Field).ToList();
            if (found.Count == 0) faults.Add(new(null, $"fields[{i}]", "is no field of an event, such as actor.name"));
            fields.AddRange(found);
        }
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The fields are not valid; nothing was changed.") { Faults = faults };
        return new FieldSelection(fields);
    }

    public void Write(EntryFields entry, RecordJson json)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(json);
        json.OpenObject();
        byte[][] open = [];
        foreach (var (field, path, isText) in _fields)
        {
            if (!entry.Has(field)) continue;
            var shared = Shared(open, path);
            for (var depth = open.Length; depth > shared; depth--) json.CloseObject();
            for (var depth = shared; depth < path.Length - 1; depth++)
            {
                json.Name(path[depth]);
                json.OpenObject();
            }
            open = path[..^1];
            json.Name(path[^1]);
            if (isText) json.Text(entry.Raw(field));
            else json.Raw(entry.Raw(field));
        }
        foreach (var _ in open) json.CloseObject();
        json.CloseObject();
    }

    /// <summary>How many of the open objects the path lies in.</summary>
    private static int Shared(byte[][] open, byte[][] path)
    {
        var shared = 0;
        while (shared < open.Length && shared < path.Length - 1 && open[shared].AsSpan().SequenceEqual(path[shared])) shared++;
        return shared;
    }

    private static bool IsText(FieldKind kind) => kind is FieldKind.Text or FieldKind.Word or FieldKind.OneOf or FieldKind.Time or FieldKind.Address;
}
