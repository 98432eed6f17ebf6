using Domesday.Events;

namespace Domesday.Client;

/// <summary>Which numbers are missing of producers that number their events.</summary>
/// <param name="FollowedThrough">Events of the ledger that the answer is about, from its beginning.</param>
/// <param name="LedgerSize">Events of the ledger.</param>
public sealed record GapsAnswer(IReadOnlyList<ProducerGaps> Producers, long FollowedThrough, long LedgerSize);

/// <summary>One numbering.</summary>
/// <param name="Last">The highest number that has come.</param>
/// <param name="Received">Different numbers that have come.</param>
/// <param name="Gaps">The newest 1,000; older ones only count as <paramref name="Missing"/>.</param>
public sealed record ProducerGaps(string Producer, long Last, Timestamp LastReceivedAt, long Received, long Missing, IReadOnlyList<NumberGap> Gaps);

/// <summary>Missing numbers, the first and the last of them.</summary>
/// <param name="NoticedAt">When the event that came after them arrived.</param>
public sealed record NumberGap(long First, long Last, Timestamp NoticedAt);
