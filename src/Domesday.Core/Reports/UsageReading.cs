using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Reports;

/// <summary>Makes usage reports in one pass over a few fields of what matches: counting resources by an index would need a pass for each row.</summary>
public sealed class UsageReading(IEventReader reader)
{
    /// <summary>Rows of a report.</summary>
    public const int RowsMax = 1_000;

    /// <summary>Different keys that are followed; events of further ones count in the total alone.</summary>
    internal const int KeysMax = 100_000;

    /// <summary>Resources that are told apart exactly, in the total and in all rows together: what bounds the memory of a report over any number of events.</summary>
    private const int ResourcesMax = 1_000_000;

    /// <summary>Of each row at least, however many there are.</summary>
    private const int ResourcesOfRowMin = 128;

    private const int DateLength = 10;

    private static readonly string[] Names = ["project", "actor", "service", "day"];

    public static IReadOnlyList<string> SplitNames => Names;

    public static string NameOf(UsageSplit split) => Names[(int)split];

    public static UsageSplit? SplitNamed(string? name) => Array.IndexOf(Names, name) is >= 0 and var place ? (UsageSplit)place : null;

    /// <summary>The rows that a report shows.</summary>
    internal static IReadOnlyList<UsageRow> Shown(UsageSplit by, IEnumerable<UsageRow> rows) => by == UsageSplit.Day
        ? [.. rows.OrderBy(row => row.Key, StringComparer.Ordinal).TakeLast(RowsMax)]
        : [.. rows.OrderByDescending(row => row.Events).ThenBy(row => row.Key, StringComparer.Ordinal).Take(RowsMax)];

    /// <summary>The fields that an event's key is taken from: the first that it has.</summary>
    internal static IReadOnlyList<EventField> KeyFields(UsageSplit by) => by switch
    {
        UsageSplit.Project => [EventField.ScopeProjectName, EventField.ScopeProjectId],
        UsageSplit.Actor => [EventField.ActorName, EventField.ActorId],
        UsageSplit.Service => [EventField.Service],
        _ => [EventField.Time],
    };

    /// <param name="progress">Told how many events were read, after each batch of them; null when nobody minds.</param>
    public async ValueTask<Result<UsageReport>> ReadAsync(AccessScope scope, EventFilter filter, UsageSplit by, TimeProvider time, Func<long, ValueTask>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(time);
        var complete = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var count = new Counting(by);
        try
        {
            await foreach (var rows in reader.ReadFieldsAsync(scope, filter, count.Fields, cancellation))
            {
                for (var row = 0; row < rows.Count; row++) count.Add(rows, row);
                if (progress is not null) await progress(count.Events);
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
        private readonly Dictionary<ulong, Group> _groups = [];
        private readonly Group _total = new("");
        private readonly int _keyFields = KeyFields(by).Count;

        /// <summary>Those of the key, then the resource's id and the result.</summary>
        public IReadOnlyList<EventField> Fields { get; } = [.. KeyFields(by), EventField.ResourceId, EventField.OutcomeResult];

        public long Events => _total.Events;

        public void Add(FieldRows rows, int row)
        {
            var failed = rows.Value(row, _keyFields + 1).SequenceEqual("failure"u8);
            var resource = rows.Value(row, _keyFields);
            ulong? hash = resource.IsEmpty ? null : Hash(resource);
            _total.Add(failed, hash, ResourcesMax);
            GroupOf(KeyOf(rows, row))?.Add(failed, hash, Math.Max(ResourcesOfRowMin, ResourcesMax / _groups.Count));
        }

        public UsageReport Report(Timestamp complete) => new(by, Shown(by, _groups.Values.Select(group => group.Row)), _total.Row, _groups.Count, complete);

        /// <returns>Empty when the event does not say.</returns>
        private ReadOnlySpan<byte> KeyOf(FieldRows rows, int row)
        {
            var key = rows.Value(row, 0);
            // The date is the beginning of the time's text: 2026-02-11T22:21:02.123456Z.
            if (by == UsageSplit.Day) return key[..DateLength];
            return key.IsEmpty && _keyFields > 1 ? rows.Value(row, 1) : key;
        }

        /// <returns>Null without a key, and when there are too many already.</returns>
        private Group? GroupOf(ReadOnlySpan<byte> key)
        {
            if (key.IsEmpty) return null;
            var hash = Hash(key);
            if (_groups.TryGetValue(hash, out var group)) return group;
            if (_groups.Count == KeysMax) return null;
            return _groups[hash] = new(Encoding.UTF8.GetString(CanonicalText.Unescape(key)));
        }

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
        private long _failures;

        public long Events { get; private set; }

        public UsageRow Row => new(key, Events, _failures, _resources.Value, _resources.IsEstimate);

        public void Add(bool failed, ulong? resource, int resourcesMax)
        {
            Events++;
            if (failed) _failures++;
            if (resource is { } hash) _resources.Add(hash, resourcesMax);
        }
    }
}
