using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Core.Reports;

/// <summary>Makes usage reports in one pass over what matches: counting resources by an index would need a pass for each row.</summary>
public sealed class UsageReading(IEventReader reader)
{
    /// <summary>Rows of a report.</summary>
    public const int RowsMax = 1_000;

    /// <summary>Different keys that are followed; events of further ones count in the total alone.</summary>
    private const int KeysMax = 100_000;

    /// <summary>Resources that are told apart exactly, in the total and in all rows together: what bounds the memory of a report over any number of events.</summary>
    private const int ResourcesMax = 1_000_000;

    /// <summary>Of each row at least, however many there are.</summary>
    private const int ResourcesOfRowMin = 128;

    private static readonly string[] Names = ["project", "actor", "service", "day"];

    public static IReadOnlyList<string> SplitNames => Names;

    public static string NameOf(UsageSplit split) => Names[(int)split];

    public static UsageSplit? SplitNamed(string? name) => Array.IndexOf(Names, name) is >= 0 and var place ? (UsageSplit)place : null;

    public async ValueTask<Result<UsageReport>> ReadAsync(AccessScope scope, EventFilter filter, UsageSplit by, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(time);
        var complete = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var count = new Counting(by);
        try
        {
            await foreach (var batch in reader.ReadAsync(scope, filter, EventOrder.Sequence, descending: false, cancellation))
            {
                foreach (var entry in batch) count.Add(entry);
            }
        }
        catch (CorruptLedgerException exception)
        {
            return new Problem(ProblemKind.Corrupt, exception.Message);
        }
        return count.Report(complete);
    }

    /// <summary>What was counted so far.</summary>
    private sealed class Counting(UsageSplit by)
    {
        private readonly EntryFields _fields = new();
        private readonly Dictionary<ulong, Group> _groups = [];
        private readonly Group _total = new("");

        public void Add(in StoredEntry entry)
        {
            _fields.Read(entry);
            var failed = _fields.Is(EventField.OutcomeResult, "failure"u8);
            var resource = _fields.Raw(EventField.ResourceId);
            ulong? hash = resource.IsEmpty ? null : Hash(resource);
            _total.Add(failed, hash, ResourcesMax);
            GroupOf()?.Add(failed, hash, Math.Max(ResourcesOfRowMin, ResourcesMax / _groups.Count));
        }

        public UsageReport Report(Timestamp complete)
        {
            var rows = _groups.Values.Select(group => group.Row);
            var ordered = by == UsageSplit.Day ? rows.OrderBy(row => row.Key, StringComparer.Ordinal).TakeLast(RowsMax) : rows.OrderByDescending(row => row.Events).ThenBy(row => row.Key, StringComparer.Ordinal).Take(RowsMax);
            return new(by, [.. ordered], _total.Row, _groups.Count, complete);
        }

        /// <returns>Null when the event does not say, and when there are too many already.</returns>
        private Group? GroupOf()
        {
            var key = by switch
            {
                UsageSplit.Project => _fields.Raw(EventField.ScopeProjectName, EventField.ScopeProjectId),
                UsageSplit.Actor => _fields.Raw(EventField.ActorName, EventField.ActorId),
                UsageSplit.Service => _fields.Raw(EventField.Service),
                // The date is the beginning of the time's text: 2026-02-11T22:21:02.123456Z.
                _ => _fields.Raw(EventField.Time)[..10],
            };
            if (key.IsEmpty) return null;
            var hash = Hash(key);
            if (_groups.TryGetValue(hash, out var group)) return group;
            if (_groups.Count == KeysMax) return null;
            return _groups[hash] = new(Name());
        }

        private string Name() => by switch
        {
            UsageSplit.Project => _fields.Text(EventField.ScopeProjectName) ?? _fields.Text(EventField.ScopeProjectId)!,
            UsageSplit.Actor => _fields.Text(EventField.ActorName) ?? _fields.Text(EventField.ActorId)!,
            UsageSplit.Service => _fields.Text(EventField.Service)!,
            _ => _fields.Time.ToDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };

        /// <summary>FNV-1a of 64 bits: two different ids that meet are counted once, which takes billions of ids to be likely.</summary>
        private static ulong Hash(ReadOnlySpan<byte> bytes)
        {
            var hash = 14_695_981_039_346_656_037UL;
            foreach (var part in bytes) hash = (hash ^ part) * 1_099_511_628_211UL;
            return hash;
        }
    }

    private sealed class Group(string key)
    {
        private readonly DistinctCount _resources = new();
        private long _events, _failures;

        public UsageRow Row => new(key, _events, _failures, _resources.Value, _resources.IsEstimate);

        public void Add(bool failed, ulong? resource, int resourcesMax)
        {
            _events++;
            if (failed) _failures++;
            if (resource is { } hash) _resources.Add(hash, resourcesMax);
        }
    }
}
