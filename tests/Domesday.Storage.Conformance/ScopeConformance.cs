using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;

namespace Domesday.Storage.Conformance;

/// <summary>Nobody sees what their scope does not cover, by any way of asking.</summary>
public abstract class ScopeConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private static AuditEvent Of(string id, string? project, int second = 0) =>
        At(id, second) with { Scope = project is null ? null : new() { Project = new() { Id = project } }, Service = $"service of {project ?? "nobody"}" };

    private async Task SeedAsync()
    {
        await AppendAsync(Of("a0", "alpha"), Of("b0", "beta"), Of("n0", null), Of("a1", "alpha", 10), Of("c0", "gamma"));
        await AppendToAsync("rival", Of("r0", "alpha"), Of("r1", null));
    }

    [Fact]
    public async Task One_tenant_never_sees_another()
    {
        await SeedAsync();
        Assert.Equal(["c0", "a1", "n0", "b0", "a0"], (await ListAsync(new())).Entries.Select(IdOf));
        Assert.Equal(["r1", "r0"], (await ListAsync(new(), AccessScope.WholeTenant("rival"))).Entries.Select(IdOf));
        Assert.Empty(await SequencesAsync(FieldCondition.Is(EventField.Tenant, "rival")));
        Assert.Equal(ProblemKind.NotFound, (await Reader.FindAsync(Whole, "r0", Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_project_viewer_sees_its_projects_and_nothing_else()
    {
        await SeedAsync();
        var scope = AccessScope.OfProjects(Tenant, ["alpha", "gamma"]);
        var page = await ListAsync(new() { Total = true }, scope);
        Assert.Equal(["c0", "a1", "a0"], page.Entries.Select(IdOf));
        Assert.Equal(3, page.Total);
        Assert.Equal(3, Value(await Reader.CountAsync(scope, EventFilter.All, Cancellation)));
        Assert.Equal(["a0", "a1", "c0"], (await ReadAllAsync(EventFilter.All, EventOrder.Sequence, false, scope)).Select(IdOf));
        Assert.Equal(0, Value(await Reader.GetAsync(scope, 0, Cancellation)).Sequence);
        Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(scope, 1, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(scope, 2, Cancellation)).Problem?.Kind);
        Assert.Equal(3, Value(await Reader.FindAsync(scope, "a1", Cancellation)).Sequence);
        Assert.Equal(ProblemKind.NotFound, (await Reader.FindAsync(scope, "b0", Cancellation)).Problem?.Kind);
        Assert.Empty(await SequencesAsync(new EventFilter { Conditions = [FieldCondition.Is(EventField.ScopeProjectId, "beta")] }, scope));
    }

    [Fact]
    public async Task Facets_and_histograms_count_only_what_the_scope_covers()
    {
        await SeedAsync();
        var scope = AccessScope.OfProjects(Tenant, ["alpha"]);
        var facet = Value(await Reader.FacetsAsync(scope, EventFilter.All, [EventField.Service], 10, Cancellation)).Fields.Single();
        Assert.Equal([new FacetValue("service of alpha", 2)], facet.Values);
        Assert.Equal(1, facet.Distinct);
        var histogram = Value(await Reader.HistogramAsync(scope, EventFilter.All, HistogramInterval.Minute, Cancellation));
        Assert.Equal(2, histogram.Buckets.Sum(bucket => bucket.Count));
    }

    [Fact]
    public async Task Limits_of_values_hide_the_rest_from_every_way_of_asking()
    {
        await SeedAsync();
        var scope = AccessScope.WholeTenant(Tenant).Limited([new(EventField.ScopeProjectId, "alpha", "beta"), new(EventField.Id, "a1") { Not = true }]);
        Assert.False(scope.IsWholeTenant);
        var page = await ListAsync(new() { Total = true }, scope);
        Assert.Equal(["b0", "a0"], page.Entries.Select(IdOf));
        Assert.Equal(2, page.Total);
        Assert.Equal(["a0", "b0"], (await ReadAllAsync(EventFilter.All, EventOrder.Sequence, false, scope)).Select(IdOf));
        Assert.Equal(1, Value(await Reader.GetAsync(scope, 1, Cancellation)).Sequence);
        Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(scope, 3, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.FindAsync(scope, "c0", Cancellation)).Problem?.Kind);
        Assert.Empty(await SequencesAsync(new EventFilter { Conditions = [FieldCondition.Is(EventField.ScopeProjectId, "gamma")] }, scope));
        var facet = Value(await Reader.FacetsAsync(scope, EventFilter.All, [EventField.ScopeProjectId], 10, Cancellation)).Fields.Single();
        Assert.Equal([new FacetValue("alpha", 1), new FacetValue("beta", 1)], facet.Values);
        Assert.Equal(2, Value(await Reader.HistogramAsync(scope, EventFilter.All, HistogramInterval.Minute, Cancellation)).Buckets.Sum(bucket => bucket.Count));
        Assert.Equal(["a0"], (await ListAsync(new(), scope.Within("alpha"))).Entries.Select(IdOf));
        Assert.Equal(0, Value(await Reader.CountAsync(scope.Limited([new(EventField.ScopeProjectId, "gamma")]), EventFilter.All, Cancellation)));
    }

    [Fact]
    public async Task Without_a_project_nothing_is_seen()
    {
        await SeedAsync();
        var scope = AccessScope.OfProjects(Tenant, []);
        Assert.Empty((await ListAsync(new(), scope)).Entries);
        Assert.Equal(0, (await ListAsync(new() { Total = true }, scope)).Total);
        Assert.Equal(0, Value(await Reader.CountAsync(scope, EventFilter.All, Cancellation)));
        Assert.Empty(await ReadAllAsync(EventFilter.All, EventOrder.Time, true, scope));
        Assert.Equal(ProblemKind.NotFound, (await Reader.GetAsync(scope, 2, Cancellation)).Problem?.Kind);
        Assert.Empty(Value(await Reader.FacetsAsync(scope, EventFilter.All, [EventField.Service], 10, Cancellation)).Fields.Single().Values);
        Assert.Empty(Value(await Reader.HistogramAsync(scope, EventFilter.All, null, Cancellation)).Buckets);
    }

    [Fact]
    public async Task All_tenants_are_seen_in_order_of_time_but_not_their_quarantines()
    {
        await AppendToAsync("b", At("b5", 5), At("b1", 1));
        await AppendToAsync("a", At("a5", 5), At("a9", 9), At("a5 again", 5));
        await AppendToAsync(TenantName.System, At("s3", 3));
        await AppendToAsync(TenantName.QuarantineOf("a"), At("q", 4));
        var all = AccessScope.AllTenants();
        string[] expected = ["b1", "s3", "a5", "a5 again", "b5", "a9"];
        Assert.Equal(expected, (await ListAsync(new() { Order = EventOrder.Time, Descending = false }, all)).Entries.Select(IdOf));
        Assert.Equal(expected.Reverse(), (await ListAsync(new() { Order = EventOrder.Time }, all)).Entries.Select(IdOf));
        Assert.Equal(expected, (await ReadAllAsync(EventFilter.All, EventOrder.Time, false, all)).Select(IdOf));
        Assert.Equal(6, Value(await Reader.CountAsync(all, EventFilter.All, Cancellation)));
        Assert.Equal(["a5", "a5 again", "a9"], (await ReadAllAsync(new() { Conditions = [FieldCondition.Is(EventField.Tenant, "a")] }, EventOrder.Time, false, all)).Select(IdOf));
        Assert.Equal(6, Value(await Reader.HistogramAsync(all, EventFilter.All, HistogramInterval.Day, Cancellation)).Buckets.Sum(bucket => bucket.Count));
        var tenants = Value(await Reader.FacetsAsync(all, EventFilter.All, [EventField.Tenant], 10, Cancellation)).Fields.Single();
        Assert.Equal([new("a", 3), new("b", 2), new(TenantName.System, 1)], tenants.Values);
    }

    [Fact]
    public async Task A_walk_over_all_tenants_shows_everything_once()
    {
        const int tenants = 40;
        for (var tenant = 0; tenant < tenants; tenant++)
        {
            await AppendToAsync($"t{tenant}", Enumerable.Range(0, 5).Select(index => At($"{tenant}/{index}", (tenant * 13 + index * 7) % 11)));
        }
        foreach (var descending in new[] { true, false })
        {
            var walked = new List<(string, long)>();
            PageCursor? cursor = null;
            do
            {
                var page = await ListAsync(new() { Order = EventOrder.Time, Descending = descending, Limit = 17, After = cursor }, AccessScope.AllTenants());
                walked.AddRange(page.Entries.Select(entry => (entry.Tenant, entry.Sequence)));
                cursor = page.Next is { } next && PageCursor.TryParse(next.ToString(), out var parsed) ? parsed : null;
            }
            while (cursor is not null);
            Assert.Equal(tenants * 5, walked.Count);
            Assert.Equal(tenants * 5, walked.Distinct().Count());
        }
    }

    [Fact]
    public async Task A_quarantine_is_read_by_whoever_names_it()
    {
        var quarantine = TenantName.QuarantineOf(Tenant);
        await AppendToAsync(quarantine, Event("q0"), Event("q1"));
        Assert.Equal(["q1", "q0"], (await ListAsync(new(), AccessScope.WholeTenant(quarantine))).Entries.Select(IdOf));
        Assert.Empty((await ListAsync(new())).Entries);
    }

    [Fact]
    public async Task Many_small_tenants_are_kept_apart()
    {
        const int tenants = 300;
        await Task.WhenAll(Enumerable.Range(0, tenants).Select(tenant => Task.Run(() => AppendToAsync($"t{tenant}", Enumerable.Range(0, 1 + tenant % 3).Select(index => Event($"e{index}", "create"))))));
        await DisturbAsync(new Random(23));
        Assert.Equal(tenants, Store.Tenants.Count);
        for (var tenant = 0; tenant < tenants; tenant++)
        {
            var entries = (await ListAsync(new() { Descending = false }, AccessScope.WholeTenant($"t{tenant}"))).Entries;
            Assert.Equal(Enumerable.Range(0, 1 + tenant % 3).Select(index => $"e{index}"), entries.Select(IdOf));
            Assert.All(entries, entry => Assert.Equal($"t{tenant}", entry.Tenant));
        }
    }
}
