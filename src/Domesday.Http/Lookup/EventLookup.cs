using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Http.Lookup;

/// <summary>One event, and what refers to it.</summary>
public static class EventLookup
{
    private const int NotesMax = 1_000;

    /// <summary>Finds an event by its sequence, or else by the producer's id.</summary>
    public static async ValueTask<Result<StoredEntry>> FindAsync(IEventReader reader, AccessScope scope, string key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(key);
        if (long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            var entry = await reader.GetAsync(scope, sequence, cancellation);
            if (entry.Problem?.Kind != ProblemKind.NotFound) return entry;
        }
        var found = await reader.FindAsync(scope, key, cancellation);
        // A slash within an id may come escaped, and stays so on the way through routing.
        return found.Problem?.Kind == ProblemKind.NotFound && key.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            ? await reader.FindAsync(scope, key.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), cancellation)
            : found;
    }

    /// <summary>For vendors whose APIs know nothing of what was there and is gone: it is not found.</summary>
    public static Result<StoredEntry> OrMissing(this Result<StoredEntry> found) =>
        found.Problem?.Kind == ProblemKind.Gone ? new Problem(ProblemKind.NotFound, "The resource you requested does not exist.") : found;

    /// <summary>Notes, corrections and sign-offs of an event, oldest first.</summary>
    public static ValueTask<Result<EventPage>> NotesAsync(IEventReader reader, AccessScope scope, long sequence, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.ListAsync(scope, new()
        {
            Filter = new() { Conditions = [FieldCondition.Is(EventField.RefersTo, sequence.ToString(CultureInfo.InvariantCulture))] },
            Descending = false,
            Limit = NotesMax,
        }, cancellation);
    }
}
