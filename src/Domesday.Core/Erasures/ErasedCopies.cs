using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events.Schema;

namespace Domesday.Core.Erasures;

/// <summary>Where else the service keeps what erased events said: quarantined input that they were made of, and what receivers answered to them.</summary>
/// <param name="forget">Has sinks forget that receivers rejected these events of a tenant.</param>
public sealed class ErasedCopies(IEventStore store, IEventReader reader, Action<string, IReadOnlyList<long>> forget)
{
    /// <summary>The label of a replay's mark that lists the sequences of the events that came of it.</summary>
    private const string StoredLabel = "sequences";

    /// <summary>May be repeated.</summary>
    /// <param name="sequences">Of events that were erased, ascending.</param>
    /// <returns>Why copies may be left; null when none are.</returns>
    public async ValueTask<Problem?> ForgetAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation)
    {
        forget(tenant, sequences);
        var quarantine = TenantName.QuarantineOf(tenant);
        if (store.Size(quarantine) == 0) return null;
        var items = await ItemsAsync(quarantine, sequences.ToHashSet(), cancellation);
        return items.Count == 0 ? null : (await store.EraseAsync(quarantine, [.. items], cancellation)).Problem;
    }

    /// <summary>Items whose replay made one of the events.</summary>
    private async ValueTask<SortedSet<long>> ItemsAsync(string quarantine, HashSet<long> erased, CancellationToken cancellation)
    {
        var (items, fields) = (new SortedSet<long>(), new EntryFields());
        var marks = new EventFilter { Conditions = [FieldCondition.Is(EventField.Action, QuarantineEvents.ReplayAction)] };
        await foreach (var batch in reader.ReadAsync(AccessScope.WholeTenant(quarantine), marks, EventOrder.Sequence, descending: false, cancellation))
        {
            foreach (var mark in batch)
            {
                fields.Read(mark);
                var made = (fields.Label(StoredLabel) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (made.Any(sequence => long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && erased.Contains(number))
                    && long.TryParse(fields.Text(EventField.RefersTo), NumberStyles.None, CultureInfo.InvariantCulture, out var item)) items.Add(item);
            }
        }
        return items;
    }
}
