using System.Collections.Immutable;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A session that was ended before its token expired. Sessions that run their course are kept nowhere.</summary>
public sealed record SessionRecord : ControlRecord
{
    private const int SweepEvery = 256;

    /// <summary>The token's <c>jti</c>.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>Id of the principal whose session it was.</summary>
    public required string Principal { get; init; }

    /// <summary>When the token expires by itself: from then on the record is not needed.</summary>
    public required Timestamp ExpiresAt { get; init; }

    public required Timestamp RevokedAt { get; init; }

    public override string Key => Id;

    public override string Label => Id;

    public override string? Concerns => Tenant;

    /// <summary>Drops what is not needed any more, once in <see cref="SweepEvery"/> records.</summary>
    internal static ImmutableDictionary<string, SessionRecord> WithoutExpired(ImmutableDictionary<string, SessionRecord> table)
    {
        if (table.Count == 0 || table.Count % SweepEvery != 0) return table;
        var now = table.Values.Max(session => session.RevokedAt);
        return table.RemoveRange(table.Values.Where(session => session.ExpiresAt < now).Select(session => session.Id));
    }
}
