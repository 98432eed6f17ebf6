using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Tests.Append;

/// <summary>Every event is stored, sent back or kept in quarantine: none is lost, and none spoils its neighbours.</summary>
public sealed class AppendPipelineTests : IDisposable
{
    private readonly PipelineUnderTest _under = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _under.Dispose();

    [Fact]
    public async Task A_batch_with_one_bad_event_stores_nothing_and_names_every_fault()
    {
        var result = await _under.AppendAsync(BadEvents.RefuseBatch, """{"action":"create"}""", """{"action":"Create","actor":{"nam":"x"}}""", """{}""");
        Assert.Equal(ProblemKind.Invalid, result.Problem?.Kind);
        Assert.Equal([(1, "action"), (1, "actor.nam"), (2, ""), (2, "action")], result.Problem!.Faults.Select(fault => (fault.Index!.Value, fault.Field)).OrderBy(fault => fault));
        Assert.Equal(0, _under.Store.Size(PipelineUnderTest.Tenant));
    }

    [Fact]
    public async Task Good_events_are_stored_when_bad_ones_may_be_rejected()
    {
        var result = await _under.AppendAsync(BadEvents.Reject, """{"id":"a","action":"create"}""", "nonsense", """{"id":"b","action":"delete"}""");
        Assert.Equal(["a", "b"], result.Value.Receipts.Select(receipt => receipt.Id));
        Assert.Equal(1, Assert.Single(result.Value.Rejected).Index);
        Assert.Equal(0, result.Value.Quarantined);
        Assert.Equal(0, _under.Store.Size(TenantName.QuarantineOf(PipelineUnderTest.Tenant)));
    }

    [Fact]
    public async Task Bad_events_are_kept_in_quarantine_with_their_bytes_and_reasons()
    {
        var bad = """{"action":"create","nonsense":1}""";
        var result = await _under.AppendAsync(BadEvents.Quarantine, """{"action":"create"}""", bad);
        Assert.Equal(1, result.Value.Quarantined);
        var item = (await QuarantinedInput.ReadAsync(_under.Store, PipelineUnderTest.Tenant, 0, Cancellation)).Value;
        Assert.Equal(bad, Encoding.UTF8.GetString(item.Bytes));
        Assert.Equal(("test", true), (item.Source, item.IsWhole));
        Assert.Equal("nonsense", Assert.Single(item.Faults).Field);
    }

    [Fact]
    public async Task What_a_sender_repeats_is_in_quarantine_once()
    {
        for (var i = 0; i < 3; i++) await _under.AppendAsync(BadEvents.Quarantine, "the same nonsense");
        await _under.AppendAsync(BadEvents.Quarantine, "other nonsense");
        Assert.Equal(2, _under.Store.Size(TenantName.QuarantineOf(PipelineUnderTest.Tenant)));
    }

    [Fact]
    public async Task Quarantine_takes_what_no_event_could_hold()
    {
        string[] bad = ["{\"a\\u0000b\":1}", "{\"action\":\"\\ud800\"}", "{\"" + new string('x', 100_000) + "\":1}", "{" + string.Join(',', Enumerable.Range(0, 5_000).Select(index => $"\"m{index}\":1")) + "}", "\0\u0001"];
        var result = await _under.AppendAsync(BadEvents.Quarantine, [.. bad, """{"action":"create"}"""]);
        Assert.True(result.IsOk, result.Problem?.Detail);
        Assert.Equal((1, bad.Length), (result.Value.Receipts.Count, result.Value.Quarantined));
        for (var i = 0; i < bad.Length; i++)
        {
            var item = (await QuarantinedInput.ReadAsync(_under.Store, PipelineUnderTest.Tenant, i, Cancellation)).Value;
            Assert.Equal(Encoding.UTF8.GetBytes(bad[i]), item.Bytes);
            Assert.NotEmpty(item.Faults);
        }
    }

    [Theory]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(65_535)]
    public async Task What_is_too_long_for_quarantine_is_cut_and_says_so(int eventBytesMax)
    {
        using var under = new PipelineUnderTest(new EventLimits { EventBytesMax = eventBytesMax });
        var bytes = new byte[6 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var request = new AppendRequest(PipelineUnderTest.Tenant, "test", [bytes, PipelineUnderTest.Utf8("""{"action":"create"}""")]) { BadEvents = BadEvents.Quarantine };
        var result = await under.Pipeline.AppendAsync(request, Cancellation);
        Assert.Equal((1, 1), (result.Value.Receipts.Count, result.Value.Quarantined));
        var item = (await QuarantinedInput.ReadAsync(under.Store, PipelineUnderTest.Tenant, 0, Cancellation)).Value;
        Assert.False(item.IsWhole);
        Assert.Equal(bytes.Length, item.Length);
        Assert.Equal(bytes.AsSpan(0, QuarantineEvents.BytesMax).ToArray(), item.Bytes);
    }

    [Fact]
    public async Task A_source_keeps_what_it_could_not_read_with_what_it_needs_to_try_again()
    {
        var kept = await _under.Pipeline.QuarantineAsync(PipelineUnderTest.Tenant, "kubernetes", [new(PipelineUnderTest.Utf8("half a body"), [new(null, "kind", "is missing")]) { Context = "cluster-1" }], Cancellation);
        Assert.Equal(0, kept.Value.Receipts.Single().Sequence);
        var item = (await QuarantinedInput.ReadAsync(_under.Store, PipelineUnderTest.Tenant, 0, Cancellation)).Value;
        Assert.Equal(("kubernetes", "cluster-1"), (item.Source, item.Context));
        Assert.Equal(new ProblemFault(null, "kind", "is missing"), Assert.Single(item.Faults));
    }

    [Fact]
    public async Task An_entry_that_is_no_quarantined_item_is_not_found_as_one()
    {
        await _under.Pipeline.AppendAsync(new(TenantName.QuarantineOf(PipelineUnderTest.Tenant), QuarantineEvents.SourceKind, [PipelineUnderTest.Utf8("""{"action":"replay"}""")]), Cancellation);
        Assert.Equal(ProblemKind.NotFound, (await QuarantinedInput.ReadAsync(_under.Store, PipelineUnderTest.Tenant, 0, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await QuarantinedInput.ReadAsync(_under.Store, PipelineUnderTest.Tenant, 1, Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_large_body_is_set_beside_its_entry_and_named_by_its_digest()
    {
        var body = "\"" + new string('x', 100_000) + "\"";
        var result = await _under.AppendAsync(BadEvents.RefuseBatch, $$$"""{"action":"create","request":{"body":{{{body}}}},"response":{"body":"small"}}""");
        Assert.True(result.IsOk);
        var stored = Assert.Single(await _under.EventsAsync());
        Assert.Null(stored.Request);
        Assert.Equal("small", stored.Response?.Body?.GetString());
        var digest = stored.Attachments!["request.body"];
        Assert.Equal(body.Length, digest.Bytes);
        var kept = await _under.Store.AttachmentAsync(AccessScope.WholeTenant(PipelineUnderTest.Tenant), 0, digest.Sha256, Cancellation);
        Assert.Equal(body, Encoding.UTF8.GetString(kept.Value.Span));
    }

    [Fact]
    public async Task A_sender_that_is_limited_to_projects_writes_of_no_other()
    {
        string[] events =
        [
            """{"action":"create","scope":{"project":{"id":"alpha"}}}""",
            """{"action":"create","scope":{"project":{"id":"beta"}}}""",
            """{"action":"create"}""",
            """{"action":"create","scope":{"project":{"name":"alpha"}}}""",
        ];
        var request = new AppendRequest(PipelineUnderTest.Tenant, "test", [.. events.Select(PipelineUnderTest.Utf8)]) { BadEvents = BadEvents.Reject, Projects = ["alpha"] };
        var result = await _under.Pipeline.AppendAsync(request, Cancellation);
        Assert.Equal(0, Assert.Single(result.Value.Receipts).Sequence);
        Assert.Equal([1, 2, 3], result.Value.Rejected.Select(fault => fault.Index!.Value));
        Assert.All(result.Value.Rejected, fault => Assert.Equal("scope.project.id", fault.Field));
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59Z", "future")]
    [InlineData("1066-10-14T09:00:00Z", "past")]
    public async Task Absurd_times_are_kept_but_flagged(string time, string flag)
    {
        await _under.AppendAsync(BadEvents.RefuseBatch, $$$"""{"action":"create","time":"{{{time}}}","labels":{"z":"own"}}""");
        var stored = Assert.Single(await _under.EventsAsync());
        Assert.Equal(flag, stored.Labels![EnrichStep.TimeLabel]);
        Assert.Equal("own", stored.Labels["z"]);
    }

    [Fact]
    public async Task An_event_without_an_id_gets_one_that_says_when_it_came()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await _under.AppendAsync(BadEvents.RefuseBatch, [.. Enumerable.Repeat("""{"action":"create"}""", 5_000)]);
        var after = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var stored = await _under.EventsAsync();
        Assert.Equal(5_000, stored.Select(one => one.Id).Distinct().Count());
        Assert.Equal(5_000, stored.Select(one => one.Salt).Distinct().Count());
        foreach (var one in stored)
        {
            var id = Guid.Parse(one.Id!);
            Assert.Equal((7, true), (id.Version, id.Variant is >= 8 and <= 11));
            Assert.InRange(Convert.ToInt64(one.Id![..8] + one.Id[9..13], 16), before, after);
        }
    }

    [Fact]
    public async Task Many_batches_at_once_do_not_mix_their_events()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), Cancellation, async (batch, _) =>
        {
            var events = Enumerable.Range(0, 10).Select(index => $$"""{"id":"{{batch}}/{{index}}","action":"create","operation":"{{batch}}"}""");
            var result = await _under.AppendAsync(BadEvents.RefuseBatch, [.. events]);
            Assert.Equal(Enumerable.Range(0, 10).Select(index => $"{batch}/{index}"), result.Value.Receipts.Select(receipt => receipt.Id));
        });
        var stored = await _under.EventsAsync();
        Assert.Equal(2_000, stored.Count);
        Assert.All(stored, one => Assert.Equal(one.Operation, one.Id!.Split('/')[0]));
    }
}
