using System.Net;
using Domesday.Core.Problems;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Merkle;
using Domesday.Http.Problems;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Operations;

public sealed class HealthTests
{
    [Fact]
    public async Task A_service_that_runs_is_alive_and_ready_and_says_so_to_anyone()
    {
        await using var service = await TestService.StartAsync();
        foreach (var path in (string[])["/healthz", "/readyz"])
        {
            using var response = await service.Nobody.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task A_store_that_refuses_events_makes_it_unready_with_the_reason_and_no_less_alive()
    {
        var store = new MemoryStore(TimeProvider.System);
        await using var refusing = new RefusingStore(store);
        await using var service = await TestService.StartAsync(store, asStore: refusing);
        refusing.Refusal = new(ProblemKind.Unavailable, "The disk is full.");
        using var ready = await service.Nobody.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("The disk is full.", (await TestService.JsonAsync(ready))["detail"]!.GetValue<string>());
        using var alive = await service.Nobody.GetAsync("/healthz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        refusing.Refusal = null;
        using var again = await service.Nobody.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Administration_that_cannot_be_recorded_is_not_done()
    {
        var store = new MemoryStore(TimeProvider.System);
        await using var refusing = new RefusingStore(store);
        await using var service = await TestService.StartAsync(store, asStore: refusing);
        refusing.Refusal = new(ProblemKind.Unavailable, "The disk is full.", RetryAfter: TimeSpan.FromSeconds(5));
        using var body = new StringContent("""{"name":"acme"}""");
        using var refused = await service.Admin.PostAsync("/audit/v1/tenants", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        using var absent = await service.Admin.GetAsync("/audit/v1/tenants/acme", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        refusing.Refusal = null;
        await service.TenantAsync("acme");
    }

    [Fact]
    public async Task Every_kind_of_problem_has_a_page_behind_its_type()
    {
        await using var service = await TestService.StartAsync();
        foreach (var kind in Enum.GetValues<ProblemKind>())
        {
            using var page = await service.Nobody.GetAsync($"/problems/{kind.ToString().ToLowerInvariant()}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            var text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains($"Status {ProblemResults.StatusOf(kind)}", text, StringComparison.Ordinal);
            Assert.Contains("What to do:", text, StringComparison.Ordinal);
        }
        using var unknown = await service.Nobody.GetAsync("/problems/nothing", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    /// <summary>A store with a switch.</summary>
    private sealed class RefusingStore(MemoryStore store) : IEventStore
    {
        public Problem? Refusal { get; set; }

        public Problem? NotAccepting => Refusal;

        public IReadOnlyList<string> Tenants => store.Tenants;

        public ITreeStore Trees => store.Trees;

        public ValueTask<Result<IReadOnlyList<Receipt>>> AppendAsync(string tenant, PendingBatch batch, CancellationToken cancellation) =>
            Refusal is { } problem ? ValueTask.FromResult<Result<IReadOnlyList<Receipt>>>(problem) : store.AppendAsync(tenant, batch, cancellation);

        public long Size(string tenant) => store.Size(tenant);

        public LedgerUsage Usage(string tenant) => store.Usage(tenant);

        public DroppedEvents Due(string tenant, Timestamp before, long sealedSize) => store.Due(tenant, before, sealedSize);

        public ValueTask<Result<DroppedEvents>> DropAsync(string tenant, Timestamp before, long sealedSize, CancellationToken cancellation) => store.DropAsync(tenant, before, sealedSize, cancellation);

        public ValueTask<Result<long>> EraseAsync(string tenant, IReadOnlyList<long> sequences, CancellationToken cancellation) => store.EraseAsync(tenant, sequences, cancellation);

        public LedgerErasures Erasures(string tenant) => store.Erasures(tenant);

        public Task WaitBeyondAsync(string tenant, long size, CancellationToken cancellation) => store.WaitBeyondAsync(tenant, size, cancellation);

        public ValueTask<Result<MerkleHash[]>> LeafHashesAsync(string tenant, long first, int count, CancellationToken cancellation) => store.LeafHashesAsync(tenant, first, count, cancellation);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
