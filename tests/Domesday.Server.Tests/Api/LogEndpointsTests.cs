using System.Net;
using System.Text.Json.Nodes;
using Domesday.Core.Access;
using Domesday.Events.Merkle;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Tests.Api;

/// <summary>The log over HTTP: the layout and headers of C2SP tlog-tiles, and proofs that hold.</summary>
public sealed class LogEndpointsTests : IAsyncLifetime
{
    private const int Size = 600;

    private LogService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await LogService.StartAsync();
        await _service.AppendAsync("acme", Size);
        await _service.SealAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task<(HttpResponseMessage Response, byte[] Body)> GetAsync(string path, string tenant = "acme")
    {
        var response = await _service.GetAsync(path, tenant);
        return (response, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string> TextAsync(string path, string tenant = "acme")
    {
        using var response = await _service.GetAsync(path, tenant);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task<Checkpoint> CheckpointAsync(string tenant = "acme")
    {
        Assert.True(SignedNote.TryParse(await TextAsync("checkpoint", tenant), out var note));
        Assert.True(NoteKey.TryParse((await TextAsync("key", tenant)).TrimEnd('\n'), out var key));
        Assert.True(key.Verifies(note));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        return checkpoint;
    }

    [Fact]
    public async Task The_checkpoint_is_signed_by_the_key_that_the_service_names()
    {
        var checkpoint = await CheckpointAsync();
        Assert.Equal(("domesday/acme", Size), (checkpoint.Origin, checkpoint.Size));
        using var response = await _service.GetAsync("checkpoint");
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoCache);
    }

    [Fact]
    public async Task A_tenant_without_events_has_the_checkpoint_of_the_empty_tree() =>
        Assert.Equal(new Checkpoint("domesday/new", 0, MerkleHash.EmptyRoot), await CheckpointAsync("new"));

    [Fact]
    public async Task A_new_ledger_has_the_empty_tree_until_its_first_checkpoint()
    {
        await _service.AppendAsync("fresh", 1);
        Assert.Equal(0, (await CheckpointAsync("fresh")).Size);
        await _service.SealAsync();
        Assert.Equal(1, (await CheckpointAsync("fresh")).Size);
    }

    [Fact]
    public async Task Tiles_and_bundles_make_up_the_root()
    {
        var frontier = new TreeFrontier();
        foreach (var place in (string[])["000", "001", "002.p/88"])
        {
            var (tile, hashes) = await GetAsync("tile/0/" + place);
            Assert.Equal("application/octet-stream", tile.Content.Headers.ContentType?.ToString());
            Assert.Equal((true, TimeSpan.FromDays(365), "immutable"), (tile.Headers.CacheControl!.Private, tile.Headers.CacheControl.MaxAge, tile.Headers.CacheControl.Extensions.Single().Name));
            var (bundle, bytes) = await GetAsync("tile/entries/" + place);
            Assert.Equal("application/octet-stream", bundle.Content.Headers.ContentType?.ToString());
            Assert.True(EntryBundle.TrySplit(bytes, out var entries));
            Assert.Equal(hashes, entries.SelectMany(entry => MerkleHash.OfLeaf(entry.Span).ToArray()));
            foreach (var entry in entries) frontier.Add(MerkleHash.OfLeaf(entry.Span));
        }
        Assert.Equal(new("domesday/acme", Size, frontier.Root), await CheckpointAsync());
        Assert.Equal(2 * MerkleHash.Size, (await GetAsync("tile/1/000.p/2")).Body.Length);
    }

    [Theory]
    [InlineData("tile/0/002")]
    [InlineData("tile/0/002.p/89")]
    [InlineData("tile/0/003.p/1")]
    [InlineData("tile/1/000")]
    [InlineData("tile/2/000.p/1")]
    [InlineData("tile/0/x001/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/data/000")]
    [InlineData("tile/entries/002")]
    [InlineData("tile/entries/2")]
    [InlineData("tile/entries/")]
    public async Task What_the_checkpoint_does_not_cover_is_not_there(string path)
    {
        var (response, _) = await GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_tile_with_a_high_index_has_a_path_of_several_parts()
    {
        var (response, _) = await GetAsync("tile/0/x001/x234/067.p/8");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("has no such tile", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sequence=0", 0, Size)]
    [InlineData("sequence=599", 599, Size)]
    [InlineData("sequence=17&size=300", 17, 300)]
    public async Task An_inclusion_proof_holds(string query, long sequence, long size)
    {
        var proof = JsonNode.Parse(await TextAsync("proof/inclusion?" + query))!;
        Assert.Equal((sequence, size), (proof["sequence"]!.GetValue<long>(), proof["tree_size"]!.GetValue<long>()));
        Assert.Equal(size == Size, proof["checkpoint"] is not null);
        Assert.DoesNotContain("\\u002B", await TextAsync("proof/inclusion?" + query), StringComparison.Ordinal);
        Assert.True(InclusionProof.Verify(sequence, size, Hash(proof["leaf_hash"]!), Hashes(proof), await RootAsync(size)));
    }

    [Theory]
    [InlineData("from=1", 1, Size)]
    [InlineData("from=256", 256, Size)]
    [InlineData("from=600", 600, Size)]
    [InlineData("from=17&to=300", 17, 300)]
    public async Task A_consistency_proof_holds(string query, long from, long to)
    {
        var proof = JsonNode.Parse(await TextAsync("proof/consistency?" + query))!;
        Assert.Equal((from, to), (proof["from"]!.GetValue<long>(), proof["to"]!.GetValue<long>()));
        Assert.True(ConsistencyProof.Verify(from, to, await RootAsync(from), await RootAsync(to), Hashes(proof)));
    }

    [Theory]
    [InlineData("proof/inclusion", "sequence: is missing")]
    [InlineData("proof/inclusion?sequence=", "sequence: is empty: leave it out")]
    [InlineData("proof/inclusion?sequence=x&size=0", "sequence: must be a whole number of at least 0;size: must be a whole number of at least 1")]
    [InlineData("proof/inclusion?sequence=-1", "sequence: must be a whole number of at least 0")]
    [InlineData("proof/inclusion?sequence=1&sise=7", "sise: is not a parameter of this route; did you mean size?")]
    [InlineData("proof/inclusion?sequence=1&sequence=2", "sequence: is given more than once")]
    [InlineData("proof/inclusion?sequence=99999999999999999999", "sequence: must be a whole number of at least 0")]
    [InlineData("proof/inclusion?sequence=5&size=601", "size: must be no larger than 600, the size of the last checkpoint")]
    [InlineData("proof/inclusion?sequence=5&size=5", "size: must be larger than the sequence")]
    [InlineData("proof/consistency?to=+3", "from: is missing;to: must be a whole number of at least 0")]
    [InlineData("proof/consistency?from=5&to=4", "from: must be no larger than 4")]
    [InlineData("proof/consistency?from=601", "from: must be no larger than 600")]
    public async Task Wrong_parameters_are_named_all_at_once(string path, string faults)
    {
        using var response = await _service.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        var named = problem["errors"]!.AsArray().Select(error => $"{error!["field"]}: {error["reason"]}").Order(StringComparer.Ordinal);
        Assert.Equal(faults, string.Join(';', named));
    }

    [Fact]
    public async Task A_proof_of_an_event_that_no_checkpoint_covers_is_not_there_yet()
    {
        await _service.AppendAsync("acme", 1);
        using var response = await _service.GetAsync("proof/inclusion?sequence=600");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("log/checkpoint", Permission.ProofRead)]
    [InlineData("log/key", Permission.ProofRead)]
    [InlineData("log/tile/{level}/{**place}", Permission.ProofRead)]
    [InlineData("log/tile/entries/{**place}", Permission.ProofRead | Permission.AuditExport)]
    [InlineData("log/proof/inclusion", Permission.ProofRead)]
    [InlineData("log/proof/consistency", Permission.ProofRead)]
    public void Hashes_are_for_whole_tenants_and_entries_need_more_than_hashes_do(string route, Permission permission)
    {
        var endpoint = Assert.Single(_service.Endpoints.OfType<RouteEndpoint>(), endpoint => endpoint.RoutePattern.RawText == "/audit/v1/" + route);
        Assert.Equal(new PermissionRequirement(permission, WholeTenant: true), endpoint.Metadata.GetMetadata<PermissionRequirement>());
    }

    [Fact]
    public async Task Reading_entries_is_recorded_once_an_hour_for_each_reader()
    {
        foreach (var place in (string[])["000", "001", "000"]) await GetAsync("tile/entries/" + place);
        await _service.StopRecordingAsync();
        var recorded = await _service.EventsAsync("acme", Size);
        Assert.Equal(("export", "log.entries", "u"), (Assert.Single(recorded).Action, recorded[0].Operation, recorded[0].Actor?.Id));
    }

    private async Task<MerkleHash> RootAsync(long size)
    {
        var leaves = (await _service.Store.LeafHashesAsync("acme", 0, (int)size, TestContext.Current.CancellationToken)).Value;
        var frontier = new TreeFrontier();
        foreach (var leaf in leaves) frontier.Add(leaf);
        return frontier.Root;
    }

    private static MerkleHash Hash(JsonNode text) => MerkleHash.TryFromBase64(text.GetValue<string>(), out var hash) ? hash : throw new FormatException();

    private static IReadOnlyList<MerkleHash> Hashes(JsonNode proof) => [.. proof["hashes"]!.AsArray().Select(hash => Hash(hash!))];
}
