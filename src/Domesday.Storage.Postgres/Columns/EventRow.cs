using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Storage.Postgres.Columns;

/// <summary>What of an entry goes into a block.</summary>
internal sealed class EventRow
{
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];

    public long Sequence { get; private set; }

    /// <summary>Microseconds since 1970.</summary>
    public long Time { get; private set; }

    public bool IsFailure { get; private set; }

    /// <summary>By place among <see cref="EventColumns.Hashed"/>; 0 when the field is absent.</summary>
    public long[] Hashes { get; } = new long[EventColumns.Hashed.Count];

    /// <summary>By place among <see cref="EventColumns.Coded"/>; 0 when the field is absent.</summary>
    public int[] Codes { get; } = new int[EventColumns.Coded.Count];

    /// <summary>Where the fields of the entry that was read last lie.</summary>
    public ReadOnlySpan<FieldSlice> Slices => _slices;

    public void Read(long sequence, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> salt, NewCodes codes)
    {
        EntrySlicer.Slice(entry, _slices);
        Sequence = sequence;
        if (!Timestamp.TryParse(_slices[(int)EventField.Time].Of(entry), out var time, out _)) throw new FormatException("An entry has no time.");
        Time = time.Microseconds;
        IsFailure = _slices[(int)EventField.OutcomeResult].Of(entry).SequenceEqual("failure"u8);
        for (var i = 0; i < Hashes.Length; i++)
        {
            var field = EventColumns.Hashed[i];
            var value = _slices[(int)field].Of(entry);
            Hashes[i] = value.IsEmpty ? 0 : ValueHash.Of(salt, field, value);
        }
        for (var i = 0; i < Codes.Length; i++)
        {
            var value = _slices[(int)EventColumns.Coded[i]].Of(entry);
            Codes[i] = value.IsEmpty ? 0 : codes.CodeOf(i, value);
        }
    }
}
