using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>Erasure: what an event said goes, and what proofs, receipts and sequences need of it stays.</summary>
public abstract class ErasureConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private const string Secret = "s3cret-0b7e";
    private const int Rounds = 4;
    private const int PerRound = 40;
    private const int Count = Rounds * PerRound;

    /// <summary>Single ones, neighbours, whole segments of small engines, the first and the last.</summary>
    private static readonly long[] Chosen = [0, 7, 8, 9, 40, .. Enumerable.Range(80, 40).Select(sequence => (long)sequence), 127, Count - 1];

    private static readonly EventField[] Asked = [EventField.ActorName, EventField.Service, EventField.RequestUri, EventField.ReasonText, EventField.Id];

    private static IEnumerable<long> Kept => Enumerable.Range(0, Count).Select(sequence => (long)sequence).Except(Chosen);

    private static AuditEvent Made(int index)
    {
        var chosen = Chosen.Contains(index);
        return At($"e{index}", index * 60) with
        {
            // Two in the order of arrival are not in the order of time.
            Time = Second((index ^ 1) * 60),
            Service = $"service {index % 3}",
            Actor = new() { Name = chosen ? $"{Secret} {index}" : $"user {index % 5}" },
            Scope = new() { Project = new() { Id = index % 2 == 0 ? "alpha" : "beta" } },
            Outcome = new() { Result = index % 4 == 0 ? OutcomeResult.Failure : OutcomeResult.Success },
            Request = new() { Uri = chosen ? $"/{Secret}/{index}" : $"/items/{index}" },
            Reason = chosen ? new() { Text = $"because of {Secret}" } : null,
        };
    }

    private async Task<IReadOnlyList<Receipt>> AppendInRoundsAsync()
    {
        var receipts = new List<Receipt>();
        var random = new Random(11);
        for (var round = 0; round < Rounds; round++)
        {
            receipts.AddRange(await AppendAsync(Enumerable.Range(round * PerRound, PerRound).Select(Made)));
            await DisturbAsync(random);
        }
        return receipts;
    }

    private Task<long> EraseAsync(params IReadOnlyList<long> sequences) => EraseAsync(Tenant, sequences);

    private async Task<long> EraseAsync(string tenant, IReadOnlyList<long> sequences) => Value(await Store.EraseAsync(tenant, sequences, Cancellation));

    private async Task<MerkleHash[]> LeavesAsync() => Value(await Store.LeafHashesAsync(Tenant, 0, (int)Store.Size(Tenant), Cancellation));

    /// <summary>Looks at once, after the engine did something with its files, and when the bytes have left them.</summary>
    private async Task AfterwardsAsync(Func<Task> look)
    {
        var random = new Random(13);
        for (var round = 0; round < 4; round++)
        {
            await look();
            await DisturbAsync(random);
        }
        while (Store.Erasures(Tenant).Pending > 0) await Task.Delay(5, Cancellation);
        await look();
    }

    private async Task<ProblemKind?> GetKindAsync(long sequence, AccessScope? scope = null) => (await Reader.GetAsync(scope ?? Whole, sequence, Cancellation)).Problem?.Kind;

    private async Task<ProblemKind?> FindKindAsync(string id, AccessScope? scope = null) => (await Reader.FindAsync(scope ?? Whole, id, Cancellation)).Problem?.Kind;

    [Fact]
    public async Task Erased_events_are_in_no_list_and_no_walk()
    {
        await AppendInRoundsAsync();
        Assert.Equal(Chosen.Length, await EraseAsync(Chosen));
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(Kept, await SequencesAsync(EventFilter.All));
            foreach (var (order, descending) in new[] { (EventOrder.Sequence, false), (EventOrder.Sequence, true), (EventOrder.Time, false), (EventOrder.Time, true) })
            {
                var expected = order == EventOrder.Sequence ? Kept : Kept.OrderBy(sequence => sequence ^ 1);
                expected = descending ? expected.Reverse() : expected;
                Assert.Equal(expected, (await ReadAllAsync(EventFilter.All, order, descending)).Select(entry => entry.Sequence));
                var paged = new List<long>();
                PageCursor? after = null;
                do
                {
                    var page = await ListAsync(new() { Order = order, Descending = descending, Limit = 17, After = after, Total = true });
                    Assert.Equal(Kept.Count(), page.Total);
                    paged.AddRange(page.Entries.Select(entry => entry.Sequence));
                    after = page.Next;
                }
                while (after is not null);
                Assert.Equal(expected, paged);
                Assert.Equal(expected.Skip(50).Take(20), (await ListAsync(new() { Order = order, Descending = descending, Limit = 20, Offset = 50 })).Entries.Select(entry => entry.Sequence));
            }
            Assert.Equal(Kept.Where(sequence => sequence is >= 5 and < 130), await SequencesAsync(new EventFilter { FromSequence = 5, ToSequence = 130 }));
            Assert.Equal(Kept.Where(sequence => sequence % 2 == 0), await SequencesAsync(EventFilter.All, AccessScope.OfProjects(Tenant, ["alpha"])));
            Assert.Equal(Kept.Count(), Value(await Reader.CountAsync(AccessScope.AllTenants(), EventFilter.All, Cancellation)));
        });
    }

    [Fact]
    public async Task What_was_erased_is_counted_nowhere()
    {
        await AppendInRoundsAsync();
        await EraseAsync(Chosen);
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(Kept.Count(), Value(await Reader.CountAsync(Whole, EventFilter.All, Cancellation)));
            var services = Value(await Reader.FacetsAsync(Whole, EventFilter.All, [EventField.Service, EventField.ActorName, EventField.ReasonText], 1_000, Cancellation)).Fields;
            Assert.Equal(Kept.CountBy(sequence => $"service {sequence % 3}").ToDictionary(), services[0].Values.ToDictionary(value => value.Value, value => (int)value.Count));
            Assert.Equal(Kept.CountBy(sequence => $"user {sequence % 5}").ToDictionary(), services[1].Values.ToDictionary(value => value.Value, value => (int)value.Count));
            Assert.Equal((5, 0), (services[1].Distinct, services[2].Distinct));
            foreach (var interval in (HistogramInterval?[])[HistogramInterval.Minute, HistogramInterval.Hour, HistogramInterval.Day, null])
            {
                var buckets = Value(await Reader.HistogramAsync(Whole, EventFilter.All, interval, Cancellation)).Buckets;
                Assert.Equal(Kept.Count(), buckets.Sum(bucket => bucket.Count));
                Assert.Equal(Kept.Count(sequence => sequence % 4 == 0), buckets.Sum(bucket => bucket.Failures));
                Assert.All(buckets, bucket => Assert.True(bucket.Count > 0));
            }
            var hours = Value(await Reader.HistogramAsync(Whole, EventFilter.All, HistogramInterval.Hour, Cancellation)).Buckets;
            Assert.Equal(Kept.CountBy(sequence => Second((int)(sequence ^ 1) / 60 * 3_600)).OrderBy(hour => hour.Key).Select(hour => (hour.Key, (long)hour.Value)), hours.Select(bucket => (bucket.From, bucket.Count)));
        });
    }

    [Fact]
    public async Task No_filter_finds_the_erased_value()
    {
        await AppendInRoundsAsync();
        await EraseAsync(Chosen);
        EventFilter[] filters =
        [
            .. new[] { EventField.ActorName, EventField.RequestUri, EventField.ReasonText }.Select(field => new EventFilter { Conditions = [new(field, MatchKind.Contains, [Secret])] }),
            new() { Conditions = [FieldCondition.Is(EventField.ActorName, $"{Secret} 7")] },
            new() { Conditions = [new(EventField.ActorName, MatchKind.StartsWith, [Secret])] },
            new() { Conditions = [new(EventField.ReasonText, MatchKind.Present, [])] },
            new() { Conditions = [FieldCondition.Is(EventField.Id, "e7")] },
            new() { Search = new(Secret, SearchMode.Substring) },
            new() { Search = new($"{Secret} 7", SearchMode.Exact) },
            new() { FromSequence = 80, ToSequence = 120 },
            new() { From = Second(7 * 60), To = Second(9 * 60), Conditions = [new(EventField.ActorName, MatchKind.Contains, ["user"]) { Not = true }] },
        ];
        await AfterwardsAsync(async () =>
        {
            foreach (var filter in filters)
            {
                Assert.Empty(await SequencesAsync(filter));
                Assert.Equal(0, Value(await Reader.CountAsync(Whole, filter, Cancellation)));
                Assert.All(Value(await Reader.FacetsAsync(Whole, filter, Asked, 1_000, Cancellation)).Fields, facet => Assert.Empty(facet.Values));
                Assert.Empty(Value(await Reader.HistogramAsync(Whole, filter, null, Cancellation)).Buckets);
                Assert.Empty(await ReadAllAsync(filter, EventOrder.Sequence, false));
            }
            await foreach (var rows in Reader.ReadFieldsAsync(Whole, EventFilter.All, Asked, Cancellation))
            {
                for (var row = 0; row < rows.Count; row++)
                {
                    for (var field = 0; field < Asked.Length; field++) Assert.DoesNotContain(Secret, Encoding.UTF8.GetString(rows.Value(row, field)), StringComparison.Ordinal);
                }
            }
        });
    }

    [Fact]
    public async Task Reading_an_erased_event_says_that_it_is_gone_to_those_who_see_the_whole_tenant_alone()
    {
        await AppendInRoundsAsync();
        await EraseAsync(Chosen);
        var project = AccessScope.OfProjects(Tenant, ["alpha", "beta"]);
        await AfterwardsAsync(async () =>
        {
            foreach (var sequence in Chosen)
            {
                Assert.Equal(ProblemKind.Gone, await GetKindAsync(sequence));
                Assert.Equal(ProblemKind.Gone, await FindKindAsync($"e{sequence}"));
                Assert.Equal(ProblemKind.NotFound, await GetKindAsync(sequence, project));
                Assert.Equal(ProblemKind.NotFound, await FindKindAsync($"e{sequence}", project));
            }
            foreach (var sequence in Kept)
            {
                Assert.Equal($"e{sequence}", IdOf(Value(await Reader.GetAsync(Whole, sequence, Cancellation))));
                Assert.Equal(sequence, Value(await Reader.FindAsync(project, $"e{sequence}", Cancellation)).Sequence);
            }
            Assert.Equal("The event was erased.", (await Reader.GetAsync(Whole, 7, Cancellation)).Problem?.Detail);
            Assert.Equal(ProblemKind.NotFound, await FindKindAsync("e1000"));
            Assert.Equal(ProblemKind.NotFound, await GetKindAsync(Count));
        });
    }

    [Fact]
    public async Task An_erased_events_id_stays_known()
    {
        var receipts = await AppendInRoundsAsync();
        await EraseAsync(Chosen);
        await AfterwardsAsync(async () =>
        {
            var again = await AppendAsync(Enumerable.Range(0, Count).Select(index => Event($"e{index}", "repeated")));
            Assert.Equal(receipts.Select(receipt => receipt with { Duplicate = true }), again);
            Assert.Equal(Count, Store.Size(Tenant));
        });
        Assert.Equal(Count, (await AppendAsync(Event("another")))[0].Sequence);
    }

    [Fact]
    public async Task Every_proof_is_byte_for_byte_what_it_was()
    {
        var receipts = await AppendInRoundsAsync();
        var leaves = await LeavesAsync();
        Assert.Equal(receipts.Select(receipt => receipt.LeafHash), leaves);
        await EraseAsync(Chosen);
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(leaves, await LeavesAsync());
            foreach (var sequence in (long[])[0, 7, 39, 80, 100, Count - 1]) Assert.Equal(leaves[sequence], Value(await Store.LeafHashesAsync(Tenant, sequence, 1, Cancellation))[0]);
            Assert.Equal(leaves[75..125], Value(await Store.LeafHashesAsync(Tenant, 75, 50, Cancellation)));
        });
    }

    [Fact]
    public async Task Erasing_counts_only_what_it_erased_itself()
    {
        await AppendInRoundsAsync();
        Assert.Equal(default, Store.Erasures(Tenant));
        Assert.Equal(2, await EraseAsync(3, 50));
        Assert.Equal(0, await EraseAsync(3, 50));
        Assert.Equal(2, await EraseAsync(2, 3, 50, 51));
        Assert.Equal(0, await EraseAsync());
        Assert.Equal(0, await EraseAsync("nobody", []));
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(0, await EraseAsync(2, 3, 50, 51));
            Assert.Equal(4, Store.Erasures(Tenant).Events);
            Assert.Equal((0L, (long)Count), (Store.Usage(Tenant).FirstSequence, Store.Usage(Tenant).Size));
            Assert.Equal(Count, Store.Size(Tenant));
        });
        Assert.Equal(new LedgerErasures(4, 0), Store.Erasures(Tenant));
        Assert.Equal(default, Store.Erasures("nobody"));
    }

    [Fact]
    public async Task An_event_can_be_erased_as_soon_as_it_was_acknowledged()
    {
        for (var index = 0; index < 30; index++)
        {
            var receipts = await AppendAsync(At($"a{index}", index) with { Service = Secret }, At($"b{index}", index));
            Assert.Equal(1, await EraseAsync(receipts[0].Sequence));
            Assert.Equal(ProblemKind.Gone, await GetKindAsync(receipts[0].Sequence));
            Assert.Equal(receipts[0] with { Duplicate = true }, (await AppendAsync(Event($"a{index}")))[0]);
        }
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(Enumerable.Range(0, 30).Select(index => index * 2L + 1), await SequencesAsync(EventFilter.All));
            Assert.Empty(await SequencesAsync(FieldCondition.Is(EventField.Service, Secret)));
            Assert.Equal(30, Store.Erasures(Tenant).Events);
        });
    }

    [Fact]
    public async Task A_ledger_of_which_everything_was_erased_goes_on()
    {
        var receipts = await AppendInRoundsAsync();
        Assert.Equal(Count, await EraseAsync([.. Enumerable.Range(0, Count).Select(sequence => (long)sequence)]));
        var added = 0;
        await AfterwardsAsync(async () =>
        {
            added++;
            Assert.Equal(Count + added - 1, (await AppendAsync(At($"new {added}", added)))[0].Sequence);
            Assert.Equal(Enumerable.Range(Count, added).Select(sequence => (long)sequence), await SequencesAsync(EventFilter.All));
            Assert.Equal(receipts.Select(receipt => receipt.LeafHash), (await LeavesAsync())[..Count]);
            Assert.Equal(added, Value(await Reader.HistogramAsync(Whole, EventFilter.All, null, Cancellation)).Buckets.Sum(bucket => bucket.Count));
        });
    }

    [Fact]
    public async Task The_bodies_beside_an_entry_go_with_it()
    {
        var bodies = Enumerable.Range(0, 3).Select(seed => Encoding.UTF8.GetBytes($"{Secret} {seed} {new string('x', 100_000)}")).ToArray();
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("a"), Event("b"), Event("c")], (0, bodies[0]), (1, bodies[0]), (1, bodies[1]), (2, bodies[2])));
        await DisturbAsync(new Random(3));
        await EraseAsync(1);
        await AfterwardsAsync(async () =>
        {
            foreach (var body in bodies) Assert.Equal(ProblemKind.Gone, (await Reader.AttachmentAsync(Whole, 1, PendingBatches.DigestOf(body), Cancellation)).Problem?.Kind);
            Assert.Equal(bodies[0], Value(await Reader.AttachmentAsync(Whole, 0, PendingBatches.DigestOf(bodies[0]), Cancellation)).ToArray());
            Assert.Equal(bodies[2], Value(await Reader.AttachmentAsync(Whole, 2, PendingBatches.DigestOf(bodies[2]), Cancellation)).ToArray());
        });
    }

    [Fact]
    public async Task Other_ledgers_lose_nothing()
    {
        await AppendInRoundsAsync();
        await AppendToAsync("rival", Enumerable.Range(0, 20).Select(Made));
        await EraseAsync(Chosen);
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(20, (await SequencesAsync(EventFilter.All, AccessScope.WholeTenant("rival"))).Count);
            Assert.Equal(7, Value(await Reader.FindAsync(AccessScope.WholeTenant("rival"), "e7", Cancellation)).Sequence);
            Assert.Equal(default, Store.Erasures("rival"));
        });
    }

    [Fact]
    public async Task Retention_drops_what_was_erased_like_everything_else()
    {
        await AppendInRoundsAsync();
        var leaves = await LeavesAsync();
        await EraseAsync(Chosen);
        await DisturbAsync(new Random(17));
        var dropped = Value(await Store.DropAsync(Tenant, Second(100 * 60), long.MaxValue, Cancellation)).Events;
        Assert.InRange(dropped, 0, 100);
        await AfterwardsAsync(async () =>
        {
            Assert.Equal(dropped, Store.Usage(Tenant).FirstSequence);
            Assert.Equal(Chosen.LongCount(sequence => sequence >= dropped), Store.Erasures(Tenant).Events);
            Assert.Equal(Kept.Where(sequence => sequence >= dropped), await SequencesAsync(EventFilter.All));
            Assert.Equal(leaves, await LeavesAsync());
            Assert.Equal(0, await EraseAsync([.. Enumerable.Range(0, (int)dropped).Select(sequence => (long)sequence)]));
            foreach (var sequence in Chosen) Assert.Equal(ProblemKind.Gone, await GetKindAsync(sequence));
        });
        var rest = Value(await Store.DropAsync(Tenant, new(Timestamp.FromDateTimeOffset(Time.GetUtcNow()).Microseconds + 1), long.MaxValue, Cancellation)).Events;
        Assert.Equal(Chosen.LongCount(sequence => sequence >= dropped + rest), Store.Erasures(Tenant).Events);
        Assert.Equal(leaves, await LeavesAsync());
    }
}
