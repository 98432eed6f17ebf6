namespace Domesday.Client.Spool;

/// <summary>Looks through the segments that an earlier process left: cuts a torn tail, and sets aside what is damaged.</summary>
internal static class SpoolRecovery
{
    /// <param name="Lengths">Of each segment, up to the last record that is whole.</param>
    /// <param name="Waiting">Events and acts in them behind the cursor.</param>
    public sealed record Found(IReadOnlyDictionary<long, long> Lengths, long TornBytes, long DamagedBytes, long Waiting);

    public static Found Run(SpoolFolder folder, SpoolPosition cursor)
    {
        var lengths = new Dictionary<long, long>();
        long torn = 0, damaged = 0, waiting = 0;
        foreach (var segment in folder.Segments())
        {
            var file = folder.FileOf(segment);
            if (segment < cursor.Segment)
            {
                File.Delete(file);
                continue;
            }
            ReadOnlyMemory<byte> bytes = File.ReadAllBytes(file);
            var whole = Walk(bytes, segment, cursor, ref waiting);
            lengths[segment] = whole;
            if (whole == bytes.Length) continue;
            if (IsTorn(bytes[(int)whole..].Span)) torn += bytes.Length - whole;
            else
            {
                damaged += bytes.Length - whole;
                File.Copy(file, file + ".damaged", overwrite: true);
            }
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(handle, whole);
        }
        return new(lengths, torn, damaged, waiting);
    }

    private static long Walk(ReadOnlyMemory<byte> bytes, long segment, SpoolPosition cursor, ref long waiting)
    {
        var offset = 0;
        while (SpoolFrame.TryRead(bytes[offset..], out var frame))
        {
            if (frame.Kind is SpoolKind.Event or SpoolKind.Begin && !(new SpoolPosition(segment, offset) < cursor)) waiting++;
            if (frame.Kind is SpoolKind.Cancel && waiting > 0) waiting--;
            offset += frame.Length;
        }
        return offset;
    }

    /// <summary>Whether a write stopped in the middle: the record claims more than there is, or what was set aside for it holds zeros to its end.</summary>
    private static bool IsTorn(ReadOnlySpan<byte> rest) => SpoolFrame.ClaimedLength(rest) > rest.Length || !rest.ContainsAnyExcept((byte)0) || rest[^1] == 0;
}
