using System.Security.Cryptography;
using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

/// <summary>Both ways to a hash give the same one, at every length and from many threads.</summary>
public class Sha256Tests
{
    private static byte[] Input(int length) => [.. Enumerable.Range(0, length).Select(place => (byte)(place * 31 + length))];

    [Fact]
    public void Every_length_has_the_hash_of_the_base_class_library()
    {
        for (var length = 0; length < 2_100; length++)
        {
            var input = Input(length);
            var expected = SHA256.HashData([7, .. input]);
            var (direct, library) = (new byte[Sha256.Bytes], new byte[Sha256.Bytes]);
            Sha256.Hash(7, input, direct);
            Sha256.HashByLibrary(7, input, library);
            Assert.Equal(expected, direct);
            Assert.Equal(expected, library);
        }
    }

    [Fact]
    public void The_largest_entry_has_the_same_hash()
    {
        var entry = Input(EventLimits.EntryBytesMax);
        Assert.Equal(SHA256.HashData([0, .. entry]), MerkleHash.OfLeaf(entry).ToArray());
        Assert.Equal(SHA256.HashData([0, .. entry]), MerkleHash.OfPrefixedLeaf([0, .. entry]).ToArray());
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        var inputs = Enumerable.Range(0, 64).Select(Input).ToArray();
        var expected = inputs.Select(input => SHA256.HashData([0, .. input])).ToArray();
        Parallel.For(0, 20_000, round =>
        {
            if (!MerkleHash.OfLeaf(inputs[round % 64]).ToArray().AsSpan().SequenceEqual(expected[round % 64])) throw new InvalidOperationException($"Round {round}");
        });
    }

    [Fact]
    public void There_must_be_room_for_the_hash() =>
        Assert.ThrowsAny<ArgumentException>(() => Sha256.Hash(0, [], new byte[Sha256.Bytes - 1]));
}
