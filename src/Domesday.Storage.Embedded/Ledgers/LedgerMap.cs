using System.Collections.Concurrent;

namespace Domesday.Storage.Embedded.Ledgers;

/// <summary>All ledgers of a store, by name.</summary>
internal sealed class LedgerMap
{
    private readonly ConcurrentDictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);
    private int _lastNumber;

    public IEnumerable<Ledger> All => _ledgers.Values;

    public Ledger? Find(string name) => _ledgers.GetValueOrDefault(name);

    /// <summary>The ledger of this name; a new one comes into being with its first event.</summary>
    public Ledger GetOrAdd(string name) => _ledgers.GetOrAdd(name, static (name, map) => new(name, Interlocked.Increment(ref map._lastNumber)), this);

    /// <summary>Adds a ledger that was there before.</summary>
    public Ledger Restore(string name, int number)
    {
        _lastNumber = Math.Max(_lastNumber, number);
        var ledger = new Ledger(name, number);
        return _ledgers.TryAdd(name, ledger) ? ledger : throw new InvalidOperationException("A ledger is listed twice.");
    }
}
