using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Memory;

namespace Domesday.Storage.Embedded.Commit;

/// <summary>Everything that stands in a run of log files and not in segments yet.</summary>
internal sealed class Generation
{
    private readonly Dictionary<Ledger, MemTable> _tables = [];

    /// <summary>The last log file that holds some of it.</summary>
    public long LastLogFile { get; set; }

    public int Events { get; private set; }

    public long Bytes { get; private set; }

    public IReadOnlyDictionary<Ledger, MemTable> Tables => _tables;

    public MemTable? TableOf(Ledger ledger) => _tables.GetValueOrDefault(ledger);

    public void Add(Ledger ledger, MemTable table) => _tables.Add(ledger, table);

    public void Count(int events, long bytes)
    {
        Events += events;
        Bytes += bytes;
    }
}
