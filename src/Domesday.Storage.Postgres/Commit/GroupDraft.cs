namespace Domesday.Storage.Postgres.Commit;

/// <summary>What a group of batches becomes, given where its ledgers stand: computed while the group before it is still being committed, and thrown away when they stand elsewhere after all.</summary>
internal sealed class GroupDraft
{
    private static readonly Dictionary<Guid, long> None = [];

    private GroupDraft(IReadOnlyList<LedgerTurn> turns, GroupRows rows) => (Turns, Rows) = (turns, rows);

    /// <summary>One for each ledger, in the order of their numbers.</summary>
    public IReadOnlyList<LedgerTurn> Turns { get; }

    public GroupRows Rows { get; }

    /// <param name="stored">Sequences of ids that ledgers have already, by the ledger's number.</param>
    public static GroupDraft Of(IReadOnlyList<AppendTicket> tickets, IReadOnlyDictionary<int, LockedLedger> locked, IReadOnlyDictionary<int, Dictionary<Guid, long>>? stored)
    {
        var (turns, rows) = (new List<LedgerTurn>(), new GroupRows());
        foreach (var group in tickets.GroupBy(ticket => ticket.Ledger).OrderBy(group => group.Key.Identity!.Id))
        {
            var turn = new LedgerTurn(group.Key, locked[group.Key.Identity!.Id], stored?[group.Key.Identity.Id] ?? None, rows);
            turn.Write([.. group]);
            turns.Add(turn);
        }
        return new(turns, rows);
    }

    /// <summary>A draft on the assumption that nobody else writes and that no id is known; null when it is not known where a ledger will stand.</summary>
    /// <param name="before">The group that is being committed.</param>
    public static GroupDraft? Ahead(IReadOnlyList<AppendTicket> tickets, IReadOnlyList<LedgerTurn> before)
    {
        var locked = new Dictionary<int, LockedLedger>();
        foreach (var ledger in tickets.Select(ticket => ticket.Ledger).Distinct())
        {
            var after = before.FirstOrDefault(turn => turn.Ledger == ledger)?.After;
            if (ledger.Identity is not { } identity || after is null || after.Codes != ledger.Codes.Known || after.Forgotten != ledger.Codes.Forgotten) return null;
            locked.Add(identity.Id, after);
        }
        return Of(tickets, locked, null);
    }

    /// <summary>Whether ledgers stand where it was assumed, and all ids are new.</summary>
    public bool Fits(IReadOnlyDictionary<int, LockedLedger> locked, IReadOnlyDictionary<int, Dictionary<Guid, long>> stored) =>
        Turns.All(turn => turn.Ledger.Identity!.Id is var id && locked[id] == turn.Locked && stored[id].Count == 0 && turn.Ledger.Codes.Known == turn.Locked.Codes);
}
