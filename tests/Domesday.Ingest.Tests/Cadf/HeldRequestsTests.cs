using System.Text;
using Domesday.Ingest.Cadf;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>The first half of an act waits for the second, but not for ever.</summary>
public class HeldRequestsTests
{
    private static readonly byte[] Request = CadfFixture.Bytes("audit.http.request.create.pending.json");
    private static readonly byte[] Response = CadfFixture.Bytes("audit.http.response.create.success.json");

    private readonly HandTime _time = new();

    [Fact]
    public void Both_halves_become_one_message_and_both_are_acknowledged_with_it()
    {
        var held = new HeldRequests(_time, TimeSpan.FromSeconds(10), 100);
        held.Add(1, Request);
        Assert.Empty(held.Take());
        held.Add(2, Encoding.UTF8.GetBytes("other"));
        held.Add(3, Response);
        var taken = held.Take();
        Assert.Equal([[2ul], [1ul, 3ul]], taken.Select(message => message.Tags));
        Assert.Null(held.Due);
    }

    [Fact]
    public void A_half_whose_other_half_does_not_come_goes_alone()
    {
        var held = new HeldRequests(_time, TimeSpan.FromSeconds(10), 100);
        held.Add(1, Request);
        Assert.Equal(_time.GetUtcNow().AddSeconds(10), held.Due);
        _time.Now = held.Due!.Value;
        Assert.Equal([1ul], Assert.Single(held.Take()).Tags);
        held.Add(2, Response);
        Assert.Equal([2ul], Assert.Single(held.Take()).Tags);
    }

    [Fact]
    public void Repetitions_and_more_than_can_wait_go_at_once()
    {
        var held = new HeldRequests(_time, TimeSpan.FromSeconds(10), 1);
        held.Add(1, Request);
        held.Add(2, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Request).Replace("4408a2ec", "4408a2ed", StringComparison.Ordinal)));
        Assert.Equal([2ul], Assert.Single(held.Take()).Tags);
        Assert.Equal(1, held.Count);
    }

    private sealed class HandTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
