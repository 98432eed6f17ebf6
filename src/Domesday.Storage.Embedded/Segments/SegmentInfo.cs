namespace Domesday.Storage.Embedded.Segments;

/// <summary>What is known of a segment without opening it.</summary>
/// <param name="File">Number of the file; several segments may share one.</param>
/// <param name="TimeMin">Earliest <c>time</c>, microseconds.</param>
/// <param name="TimeMax">Latest <c>time</c>, microseconds.</param>
/// <param name="RetainTime">Latest of the earlier of <c>time</c> and <c>received_at</c> of each event, microseconds: an absurd future does not keep a segment for ever.</param>
/// <param name="Bytes">What it takes on disk.</param>
/// <param name="Holes">How many of the rows are of erased events, and hold nothing.</param>
internal sealed record SegmentInfo(long File, Section Footer, long FirstSequence, int Rows, long TimeMin, long TimeMax, long RetainTime, long Bytes, int Holes = 0)
{
    /// <summary>One beyond the last sequence.</summary>
    public long EndSequence => FirstSequence + Rows;
}
