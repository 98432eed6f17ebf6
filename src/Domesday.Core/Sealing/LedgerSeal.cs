namespace Domesday.Core.Sealing;

/// <summary>How far one ledger is sealed. The worker changes it; anyone reads the volatile members.</summary>
/// <param name="recorded">The last checkpoint of which there is a record; null: none.</param>
/// <param name="isNew">It came into being since the start, so that nothing was ever signed for it.</param>
internal sealed class LedgerSeal(string tenant, SealedHead? recorded, bool isNew)
{
    private volatile SealedHead? _head;
    private volatile string? _broken;
    private volatile bool _isRebuildWanted;
    private long _behindSinceTicks;

    public string Tenant => tenant;

    public bool IsNew => isNew;

    /// <summary>The last checkpoint that was published: the tree below it is stored and was found to agree.</summary>
    public SealedHead? Head
    {
        get => _head;
        set => _head = value;
    }

    /// <summary>The last checkpoint that was ever signed, as far as is known; not examined yet while there is no <see cref="Head"/>.</summary>
    public SealedHead? Vouched => _head ?? recorded;

    /// <summary>Takes up what another node signed. Before this node signs anything it builds the tree up to there.</summary>
    public void Follow(SealedHead head)
    {
        (Tree, IsExamined, IsShared, BehindSince) = (null, false, true, null);
        _head = head;
    }

    /// <summary>Why there are no further checkpoints.</summary>
    public string? Broken
    {
        get => _broken;
        set => _broken = value;
    }

    /// <summary>A stored node could not be read.</summary>
    public bool IsRebuildWanted
    {
        get => _isRebuildWanted;
        set => _isRebuildWanted = value;
    }

    public TreeBuilder? Tree { get; set; }

    /// <summary>The tree was built from the entries alone, so that a disagreement is theirs.</summary>
    public bool IsBuiltFromEntries { get; set; }

    /// <summary>Whether the tree was found to agree with <see cref="Vouched"/>.</summary>
    public bool IsExamined { get; set; }

    /// <summary>Whether the other nodes know of what this one shows.</summary>
    public bool IsShared { get; set; }

    /// <summary>Not tried again before.</summary>
    public DateTimeOffset RetryAt { get; set; }

    /// <summary>Since when events wait for a checkpoint; null when none do.</summary>
    public DateTimeOffset? BehindSince
    {
        get => Interlocked.Read(ref _behindSinceTicks) is var ticks and > 0 ? new(ticks, TimeSpan.Zero) : null;
        set => Interlocked.Exchange(ref _behindSinceTicks, value?.UtcTicks ?? 0);
    }
}
