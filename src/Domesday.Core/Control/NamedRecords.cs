using Domesday.Core.Problems;

namespace Domesday.Core.Control;

/// <summary>Records of which a tenant has several, found by id or name: made while there is room and the name is free, and changed only as they were seen.</summary>
/// <param name="noun">What one is called, with its article, such as <c>an alert</c>.</param>
/// <param name="max">Of one tenant.</param>
internal sealed class NamedRecords<T>(ControlLedger ledger, ControlKind<T> kind, string noun, int max)
    where T : ControlRecord
{
    private readonly string _word = noun.Split(' ')[^1];

    public Problem NotFound => new(ProblemKind.NotFound, $"There is no such {_word}.");

    private Problem Meanwhile => new(ProblemKind.Conflict, $"The {_word} was changed by somebody else in the meantime: read it again.");

    private Problem Taken => new(ProblemKind.Conflict, $"There is {noun} of this name already.", "name");

    /// <summary>All of a tenant, in no order.</summary>
    public IEnumerable<T> Of(string tenant) => kind.In(ledger.State).Values.Where(record => record.Concerns == tenant);

    /// <param name="reference">Id or name.</param>
    public Result<T> Find(string tenant, string reference)
    {
        var all = Of(tenant).ToList();
        return (all.Find(record => record.Key == reference) ?? all.Find(record => record.Label == reference)) is { } found ? found : NotFound;
    }

    /// <param name="seen">The version that the changer saw; null when it does not mind.</param>
    /// <returns>Null when the record is as it was seen.</returns>
    public Problem? Check(T record, long? seen) => seen is { } version && version != record.Version ? Meanwhile : null;

    public async ValueTask<Result<T>> CreateAsync(ChangeAuthor author, T record, CancellationToken cancellation)
    {
        var tenant = record.Concerns!;
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!state.IsActive(tenant)) return new Problem(ProblemKind.Conflict, $"The tenant '{tenant}' is disabled.");
            if (kind.In(state).Values.Count(other => other.Concerns == tenant) >= max) return new Problem(ProblemKind.Conflict, $"A tenant has at most {max} {_word}s.");
            return IsTaken(state, record) ? Taken : (ControlChange[])[kind.Create(record)];
        }, cancellation);
        return changed.IsOk ? kind.In(changed.Value)[record.Key] : changed.Problem;
    }

    /// <param name="before">As it was when <paramref name="after"/> was made of it.</param>
    /// <param name="word">What happens, such as <c>pause</c>.</param>
    public async ValueTask<Result<T>> ChangeAsync(ChangeAuthor author, T before, T after, string word, CancellationToken cancellation)
    {
        var changed = await ledger.ChangeAsync(author, state =>
        {
            if (!kind.In(state).TryGetValue(before.Key, out var newest)) return NotFound;
            if (newest.Version != before.Version) return Meanwhile;
            return IsTaken(state, after) ? Taken : (ControlChange[])[kind.Update(word, newest, after)];
        }, cancellation);
        return changed.IsOk ? kind.In(changed.Value)[before.Key] : changed.Problem;
    }

    public async ValueTask<Problem?> DeleteAsync(ChangeAuthor author, T record, CancellationToken cancellation)
    {
        var changed = await ledger.ChangeAsync(author, state => kind.In(state).TryGetValue(record.Key, out var newest) ? (ControlChange[])[kind.Delete(newest)] : NotFound, cancellation);
        return changed.Problem;
    }

    private bool IsTaken(ControlState state, T wanted) => kind.In(state).Values.Any(other => other.Concerns == wanted.Concerns && other.Label == wanted.Label && other.Key != wanted.Key);
}
