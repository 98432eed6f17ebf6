using System.Text;
using Domesday.Client.Verification;
using Domesday.Events;

namespace Domesday.Client.Tests;

public sealed class DomesdayClientTests : IAsyncLifetime
{
    private ServedService _service = null!;
    private DomesdayClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await ServedService.StartAsync();
        _client = _service.Admin();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Numbers_that_did_not_arrive_are_shown()
    {
        foreach (var number in new[] { "1", "4" })
        {
            await _client.AppendAsync(Event($"n-{number}", "create", "order") with { Labels = new Dictionary<string, string> { ["producer"] = "web 1", ["producer_sequence"] = number } }, Cancellation);
        }
        GapsAnswer answer;
        do answer = await _client.GapsAsync("web 1", true, Cancellation);
        while (answer.Producers.Count == 0);
        var stream = Assert.Single(answer.Producers);
        Assert.Equal(("web 1", 4, 2, 2), (stream.Producer, stream.Last, stream.Received, stream.Missing));
        Assert.Equal((2, 3), (Assert.Single(stream.Gaps).First, stream.Gaps[0].Last));
    }

    [Fact]
    public async Task What_was_appended_comes_back_in_the_bytes_whose_hash_the_receipt_names()
    {
        var receipt = await _client.AppendAsync(Event("e-1", "create", "order"), Cancellation);
        var found = await _client.GetAsync("e-1", Cancellation);
        Assert.Equal(receipt.LeafHash, found.Event.LeafHash.ToBase64());
        Assert.Equal((receipt.Sequence, "create", "order"), (found.Event.Event.Sequence, found.Event.Event.Action, found.Event.Event.Service));
        Assert.False(receipt.Duplicate);
        Assert.True((await _client.AppendAsync(Event("e-1", "create", "order"), Cancellation)).Duplicate);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batches_of_the_size_asked_for_store_every_event_in_order(bool compress)
    {
        var events = Enumerable.Range(0, 25).Select(number => Event($"n-{number}", "read", "shop"));
        var sizes = new List<int>();
        await foreach (var answer in _client.AppendAsync(events.ToAsyncEnumerable(), 10, new() { Compress = compress }, Cancellation)) sizes.Add(answer.Receipts.Count);
        Assert.Equal([10, 10, 5], sizes);
        var stored = await _client.ListAllAsync(EventSelection.All.Where("service", "shop"), new() { Limit = 7, Ascending = true }, Cancellation).Select(one => one.Event.Id).ToListAsync(Cancellation);
        Assert.Equal(Enumerable.Range(0, 25).Select(number => $"n-{number}"), stored);
    }

    [Fact]
    public async Task A_refused_batch_names_every_fault_and_stores_nothing()
    {
        var lines = Encoding.UTF8.GetBytes("{\"action\":\"a\",\"service\":\"shop\"}\n{\"acton\":\"b\"}\n{\"action\":\"c\",\"time\":\"yesterday\"}\n");
        var problem = await Assert.ThrowsAsync<ProblemException>(() => _client.AppendAsync(lines, AppendOptions.Default, Cancellation));
        Assert.Equal((400, "/problems/invalid"), (problem.Status, problem.Type));
        Assert.Equal([1, 1, 2], problem.Errors.Select(error => error.Index).Order());
        Assert.Empty((await _client.ListAsync(EventSelection.All.Where("service", "shop"), new(), Cancellation)).Events);
        var answer = await _client.AppendAsync(lines, new() { BadEvents = BadEvents.Reject }, Cancellation);
        Assert.Single(answer.Receipts);
        Assert.Equal([1, 2], answer.Rejected!.Select(rejected => rejected.Index));
        Assert.Equal(2, (await _client.AppendAsync(lines, new() { BadEvents = BadEvents.Quarantine }, Cancellation)).Quarantined);
        var item = (await _client.Quarantine.ListAsync(10, null, Cancellation)).Items[0];
        Assert.Contains("yesterday", (await _client.Quarantine.GetAsync(item.Sequence, Cancellation)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_facets_and_histogram_are_about_the_same_selection()
    {
        (string Action, string Actor)[] acts = [("create", "alice"), ("create", "alice"), ("delete", "bob"), ("read", "doe, jane")];
        foreach (var (index, act) in acts.Index()) await _client.AppendAsync(Event($"p-{index}", act.Action, "billing") with { Actor = new() { Name = act.Actor } }, Cancellation);
        var billing = EventSelection.All.Where("service", "billing");
        var page = await _client.ListAsync(billing.Where("actor_name", "alice", "doe, jane"), new() { Limit = 2, Total = true }, Cancellation);
        Assert.Equal((2, 3L), (page.Events.Count, page.Total));
        Assert.NotNull(page.NextCursor);
        var facets = await _client.FacetsAsync(billing, ["action"], 2, Cancellation);
        var action1 = Assert.Single(facets.Fields);
        Assert.Equal((new FacetValue("create", 2), 3L), (action1.Values[0], action1.Distinct));
        var histogram = await _client.HistogramAsync(billing.Except("action", "delete"), "day", Cancellation);
        Assert.Equal(("day", 3L), (histogram.Interval, histogram.Buckets.Sum(bucket => bucket.Count)));
    }

    [Fact]
    public async Task A_note_is_shown_with_the_event_that_it_is_about()
    {
        var receipt = await _client.AppendAsync(Event("noted", "delete", "shop"), Cancellation);
        await _client.AddNoteAsync(receipt.Sequence, "approved by the night shift", Cancellation);
        var note = Assert.Single((await _client.GetAsync("noted", Cancellation)).Notes);
        Assert.Equal(("approved by the night shift", receipt.Sequence), (note.Event.Reason!.Text, note.Event.RefersTo));
    }

    [Theory]
    [InlineData(ExportTransfer.Plain)]
    [InlineData(ExportTransfer.Compressed)]
    [InlineData(ExportTransfer.Gzip)]
    public async Task An_export_with_its_manifest_verifies_against_the_ledger(ExportTransfer transfer)
    {
        var receipts = (await _client.AppendAsync([.. Enumerable.Range(0, 300).Select(number => Event($"x-{number}", "read", "shop"))], AppendOptions.Default, Cancellation)).Receipts;
        await SealedAsync(receipts[^1].Sequence);
        await using var export = await _client.ExportAsync(EventSelection.All.Where("service", "shop"), new() { Manifest = true, Transfer = transfer }, Cancellation);
        Assert.EndsWith(".ndjson", export.FileName, StringComparison.Ordinal);
        using var file = new MemoryStream();
        await export.Content.CopyToAsync(file, Cancellation);
        var report = await new ExportVerifier(() => new MemoryStream(file.ToArray()), _client.FetchLogAsync).VerifyAsync(new(), null, Cancellation);
        Assert.Equal(VerificationOutcome.Verified, report.Outcome);
        Assert.Equal(300, report.EntriesVerified);
    }

    [Fact]
    public async Task A_tail_begins_behind_the_last_event_that_was_seen_and_goes_on()
    {
        var first = await _client.AppendAsync(Event("t-0", "read", "tailed"), Cancellation);
        await using var tail = _client.TailAsync(EventSelection.All.Where("service", "tailed").With("from_sequence", $"{first.Sequence}"), null, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await tail.MoveNextAsync());
        Assert.Equal("t-0", tail.Current.Event.Id);
        await _client.AppendAsync(Event("t-1", "read", "tailed"), Cancellation);
        Assert.True(await tail.MoveNextAsync());
        Assert.Equal("t-1", tail.Current.Event.Id);
        await using var later = _client.TailAsync(EventSelection.All.Where("service", "tailed"), first.Sequence, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await later.MoveNextAsync());
        Assert.Equal("t-1", later.Current.Event.Id);
    }

    [Fact]
    public async Task Tenants_and_keys_are_made_used_and_taken_away()
    {
        var acme = await _client.Tenants.CreateAsync("acme", "Acme", null, Cancellation);
        Assert.Equal(("acme", "Acme", 0L), (acme.Name, acme.Title, acme.Events));
        using var admin = _service.Admin("acme");
        var key = await admin.Keys.CreateAsync(new("sender", ["write", "read"]) { ExpiresAt = new(4_102_444_800_000_000) }, Cancellation);
        using var sender = _service.Client(ClientCredential.ApiKey(key.Key!));
        await sender.AppendAsync(Event("k-1", "create", "shop"), Cancellation);
        Assert.Equal("acme", (await sender.GetAsync("k-1", Cancellation)).Event.Event.Tenant);
        Assert.Equal("sender", (await admin.Keys.GetAsync(key.Id, Cancellation)).Name);
        Assert.Contains(await admin.Keys.ListAsync(Cancellation), one => one.Id == key.Id && one.Key is null);
        await admin.Keys.RevokeAsync(key.Id, Cancellation);
        Assert.Equal(401, (await Assert.ThrowsAsync<ProblemException>(() => sender.GetAsync("k-1", Cancellation))).Status);
        Assert.NotNull((await _client.Tenants.ChangeAsync("acme", null, true, Cancellation)).DisabledAt);
        Assert.Contains(await _client.Tenants.ListAsync(Cancellation), tenant => tenant.Name == "acme");
        Assert.Equal(404, (await Assert.ThrowsAsync<ProblemException>(() => _client.Tenants.GetAsync("nobody", Cancellation))).Status);
    }

    private static AuditEvent Event(string id, string action, string service) => new() { Id = id, Action = action, Service = service, Outcome = new() { Result = OutcomeResult.Success } };

    /// <summary>Waits until a checkpoint covers a sequence.</summary>
    private async Task SealedAsync(long sequence)
    {
        while (true)
        {
            var report = await new LedgerVerifier(_client.FetchLogAsync).VerifyAsync(new(), null, Cancellation);
            if (report.Checkpoint is { } checkpoint && checkpoint.Size > sequence) return;
            await Task.Delay(20, Cancellation);
        }
    }
}
