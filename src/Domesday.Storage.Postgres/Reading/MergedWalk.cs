namespace Domesday.Storage.Postgres.Reading;

/// <summary>Goes through several ledgers at once, in one order.</summary>
internal sealed class MergedWalk(IReadOnlyList<LedgerWalk> walks, WalkOrder order)
{
    private readonly List<LedgerWalk> _walks = [.. walks];

    public async ValueTask<(LedgerWalk Walk, FoundEvent Event)?> NextAsync(CancellationToken cancellation)
    {
        (LedgerWalk Walk, FoundEvent Event)? best = null;
        for (var i = _walks.Count - 1; i >= 0; i--)
        {
            if (await _walks[i].PeekAsync(cancellation) is not { } head) _walks.RemoveAt(i);
            else if (best is not { } sofar || order.Compare(head.Place, sofar.Event.Place) < 0) best = (_walks[i], head);
        }
        best?.Walk.Take();
        return best;
    }

    /// <summary>Passes over events.</summary>
    public async ValueTask SkipAsync(long offset, CancellationToken cancellation)
    {
        if (_walks is [var only]) offset = await only.SkipAsync(offset, cancellation);
        while (offset > 0 && await NextAsync(cancellation) is not null) offset--;
    }
}
