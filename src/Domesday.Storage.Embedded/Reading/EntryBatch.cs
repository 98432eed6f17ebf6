using Domesday.Core.Query;
using Domesday.Events.Json;

namespace Domesday.Storage.Embedded.Reading;

/// <summary>Entries that are handed out together; their bytes are valid until the next filling.</summary>
internal sealed class EntryBatch
{
    private readonly ByteBuffer _bytes = new(64 * 1024);
    private readonly List<(string Tenant, long Sequence, int Start, int Length)> _places = [];
    private readonly List<StoredEntry> _entries = [];

    public IReadOnlyList<StoredEntry> Entries => _entries;

    /// <returns>False when there was nothing more.</returns>
    public bool Fill(Walk walk, int entriesMax, int bytesMax)
    {
        _bytes.Clear();
        _places.Clear();
        _entries.Clear();
        while (_places.Count < entriesMax && _bytes.Length < bytesMax && walk.TryNext(out var part, out var row))
        {
            var start = _bytes.Length;
            part.Append(row, _bytes);
            _places.Add((part.Tenant, part.FirstSequence + row, start, _bytes.Length - start));
        }
        var memory = _bytes.WrittenMemory;
        foreach (var place in _places) _entries.Add(new(place.Tenant, place.Sequence, memory.Slice(place.Start, place.Length)));
        return _entries.Count > 0;
    }
}
