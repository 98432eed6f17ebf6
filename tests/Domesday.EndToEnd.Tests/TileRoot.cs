using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Domesday.EndToEnd.Tests;

/// <summary>Computes a ledger's root from the entries that it hands out, with SHA-256 and RFC 6962 §2.1 alone.</summary>
internal static class TileRoot
{
    private const int BundleEntries = 256;

    public static async Task<(string Root, IReadOnlyList<byte[]> Entries)> ComputeAsync(HttpClient client, long size)
    {
        var entries = new List<byte[]>();
        for (var bundle = 0; (long)bundle * BundleEntries < size; bundle++)
        {
            var width = Math.Min(BundleEntries, size - (long)bundle * BundleEntries);
            var path = $"/audit/v1/log/tile/entries/{PathOf(bundle)}{(width < BundleEntries ? $".p/{width}" : "")}";
            entries.AddRange(Split(await client.GetByteArrayAsync(path, TestContext.Current.CancellationToken)));
        }
        Assert.Equal(size, entries.Count);
        return (Convert.ToBase64String(Root([.. entries.Select(entry => SHA256.HashData([0, .. entry]))])), entries);
    }

    private static string PathOf(int index) => index < 1_000 ? $"{index:d3}" : $"x{index / 1_000:d3}/{index % 1_000:d3}";

    private static IEnumerable<byte[]> Split(byte[] bundle)
    {
        for (var at = 0; at < bundle.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(at));
            yield return bundle[(at + 2)..(at + 2 + length)];
            at += 2 + length;
        }
    }

    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var left = 1;
        while (left * 2 < leaves.Length) left *= 2;
        return SHA256.HashData([1, .. Root(leaves[..left]), .. Root(leaves[left..])]);
    }
}
