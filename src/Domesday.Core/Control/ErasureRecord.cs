using System.Collections.Immutable;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>An erasure: who had which events erased, and why. Nothing of the events themselves, and not by what they were looked for: that may be the very name that is to go.</summary>
public sealed record ErasureRecord : ControlRecord
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Reason { get; init; }

    /// <summary>The reference by which people know the matter; null for none.</summary>
    public string? Case { get; init; }

    /// <summary>How the events were chosen: <c>ids</c>, <c>sequences</c> or <c>filter</c>.</summary>
    public required string By { get; init; }

    /// <summary>All events that it is about, with those that refer to others.</summary>
    public required long Events { get; init; }

    /// <summary>Of them those that go because they refer to others: notes, corrections, alerts.</summary>
    public long Notes { get; init; }

    /// <summary>The lowest sequence.</summary>
    public required long First { get; init; }

    /// <summary>The highest sequence.</summary>
    public required long Last { get; init; }

    /// <summary>All sequences, such as <c>17,20-24</c>; null when that is too long and stands in <see cref="ErasurePartRecord"/>s.</summary>
    public string? Sequences { get; init; }

    public required Timestamp CreatedAt { get; init; }

    /// <summary>Name of who asked for it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Null until nobody can read the events any more.</summary>
    public Timestamp? CompletedAt { get; init; }

    /// <summary>How many events went; fewer than <see cref="Events"/> when retention or another erasure was faster.</summary>
    public long? Erased { get; init; }

    public override string Key => Id;

    public override string Label => Case ?? Id;

    public override string? Concerns => Tenant;
}

/// <summary>A part of the sequences of a large erasure, known to the system ledger alone and kept in the state until the erasure is complete.</summary>
public sealed record ErasurePartRecord : ControlRecord
{
    /// <summary>Id of the erasure.</summary>
    public required string Erasure { get; init; }

    /// <summary>From 0 on.</summary>
    public required int Number { get; init; }

    /// <inheritdoc cref="ErasureRecord.Sequences"/>
    public required string Sequences { get; init; }

    public override string Key => KeyOf(Erasure, Number);

    public override string Label => Erasure;

    public static string KeyOf(string erasure, int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{erasure}/{number}");

    /// <summary>The parts without those of erasures that are complete.</summary>
    internal static ImmutableDictionary<string, ErasurePartRecord> Wanted(ImmutableDictionary<string, ErasurePartRecord> parts, ImmutableDictionary<string, ErasureRecord> erasures) => parts.IsEmpty ? parts
        : parts.RemoveRange(parts.Where(part => erasures.TryGetValue(part.Value.Erasure, out var erasure) && erasure.CompletedAt is not null).Select(part => part.Key));
}
