using Domesday.Events;

namespace Domesday.Core.Gaps;

/// <summary>Which numbers of one producer's stream have come. Its numbers begin with 1.</summary>
public sealed class ProducerStream
{
    /// <summary>Ranges of missing numbers that are remembered one by one; of older ones only how many numbers they had.</summary>
    public const int RangesMax = 1_000;

    private readonly List<GapRange> _gaps;

    public ProducerStream()
        : this(0, 0, 0, default, [])
    {
    }

    internal ProducerStream(long last, long received, long forgotten, Timestamp lastAt, IEnumerable<GapRange> gaps) =>
        (Last, Received, Forgotten, LastAt, _gaps) = (last, received, forgotten, lastAt, [.. gaps]);

    /// <summary>The highest number that has come; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>Different numbers that have come.</summary>
    public long Received { get; private set; }

    /// <summary>Missing numbers of ranges that are not remembered any more.</summary>
    public long Forgotten { get; private set; }

    /// <summary>When the event with the highest number arrived.</summary>
    public Timestamp LastAt { get; private set; }

    /// <summary>What is missing below <see cref="Last"/>, in order.</summary>
    public IReadOnlyList<GapRange> Gaps => _gaps;

    public long Missing => Forgotten + _gaps.Sum(gap => gap.Last - gap.First + 1);

    /// <summary>A number has come. One that came before changes nothing, and one that was missing is missing no more.</summary>
    /// <param name="arrival">Of its event.</param>
    public void Add(long number, Timestamp arrival)
    {
        if (number > Last)
        {
            if (number > Last + 1) _gaps.Add(new(Last + 1, number - 1, arrival));
            (Last, LastAt) = (number, arrival);
            Received++;
        }
        else
        {
            Fill(number);
        }
        if (_gaps.Count <= RangesMax) return;
        Forgotten += _gaps[0].Last - _gaps[0].First + 1;
        _gaps.RemoveAt(0);
    }

    private void Fill(long number)
    {
        var (low, high) = (0, _gaps.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var gap = _gaps[middle];
            if (number < gap.First) high = middle - 1;
            else if (number > gap.Last) low = middle + 1;
            else
            {
                Split(middle, gap, number);
                return;
            }
        }
    }

    private void Split(int index, GapRange gap, long number)
    {
        Received++;
        _gaps.RemoveAt(index);
        if (number < gap.Last) _gaps.Insert(index, gap with { First = number + 1 });
        if (number > gap.First) _gaps.Insert(index, gap with { Last = number - 1 });
    }
}

/// <summary>Numbers that are missing, the first and the last of them.</summary>
/// <param name="NoticedAt">When the event that came after them arrived.</param>
public sealed record GapRange(long First, long Last, Timestamp NoticedAt);
