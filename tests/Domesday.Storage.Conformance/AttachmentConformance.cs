using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;

namespace Domesday.Storage.Conformance;

/// <summary>Bodies that are kept beside their entries.</summary>
public abstract class AttachmentConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private static byte[] Body(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private Task<byte[]> AttachmentAsync(long sequence, byte[] body) => AttachmentAsync(Whole, sequence, body);

    private async Task<byte[]> AttachmentAsync(AccessScope scope, long sequence, byte[] body) =>
        Value(await Reader.AttachmentAsync(scope, sequence, PendingBatches.DigestOf(body), Cancellation)).ToArray();

    [Fact]
    public async Task Every_body_comes_back_as_it_was_given()
    {
        var random = new Random(31);
        byte[][] bodies = [Body(1, 70_000), Body(2, 300_000), Encoding.UTF8.GetBytes("\"small\""), Body(3, 3_000_000)];
        await AppendAsync(Event("before"));
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("a"), Event("b"), Event("c")], (0, bodies[0]), (0, bodies[1]), (2, bodies[2]), (2, bodies[3])));
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(bodies[0], await AttachmentAsync(1, bodies[0]));
            Assert.Equal(bodies[1], await AttachmentAsync(1, bodies[1]));
            Assert.Equal(bodies[2], await AttachmentAsync(3, bodies[2]));
            Assert.Equal(bodies[3], await AttachmentAsync(3, bodies[3]));
            await DisturbAsync(random);
        }
    }

    [Fact]
    public async Task A_body_belongs_to_its_own_entry()
    {
        var body = Body(4, 1_000);
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("a"), Event("b")], (1, body)));
        Assert.Equal(body, await AttachmentAsync(1, body));
        var digest = PendingBatches.DigestOf(body);
        foreach (var sequence in new[] { 0, 2, -1, long.MaxValue - 1 })
        {
            Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(Whole, sequence, digest, Cancellation)).Problem?.Kind);
        }
        foreach (var wrong in new[] { "", "00", new string('0', 64), digest.ToUpperInvariant() + "x" })
        {
            Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(Whole, 1, wrong, Cancellation)).Problem?.Kind);
        }
    }

    [Fact]
    public async Task Two_entries_may_have_the_same_body()
    {
        var body = Body(5, 100_000);
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("a"), Event("b")], (0, body), (1, body)));
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("c")], (0, body)));
        for (var sequence = 0; sequence < 3; sequence++) Assert.Equal(body, await AttachmentAsync(sequence, body));
    }

    [Fact]
    public async Task The_body_of_a_duplicate_is_not_kept()
    {
        var (body, other) = (Body(6, 1_000), Body(7, 1_000));
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("same")], (0, body)));
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [Event("same"), Event("new")], (0, other)));
        Assert.Equal(body, await AttachmentAsync(0, body));
        Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(Whole, 0, PendingBatches.DigestOf(other), Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(Whole, 1, PendingBatches.DigestOf(other), Cancellation)).Problem?.Kind);
    }

    [Fact]
    public async Task A_body_is_seen_only_by_those_who_see_its_entry()
    {
        var body = Body(8, 1_000);
        var owned = Event("a") with { Scope = new() { Project = new() { Id = "alpha" } } };
        await AppendAsync(Tenant, PendingBatches.Of(Tenant, Time.GetUtcNow(), [owned], (0, body)));
        await AppendToAsync("rival", Event("a"));
        var digest = PendingBatches.DigestOf(body);
        Assert.Equal(body, await AttachmentAsync(AccessScope.OfProjects(Tenant, ["alpha"]), 0, body));
        Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(AccessScope.OfProjects(Tenant, ["beta"]), 0, digest, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(AccessScope.WholeTenant("rival"), 0, digest, Cancellation)).Problem?.Kind);
        Assert.Equal(ProblemKind.NotFound, (await Reader.AttachmentAsync(AccessScope.WholeTenant("nobody"), 0, digest, Cancellation)).Problem?.Kind);
    }
}
