using Domesday.Events;

namespace Domesday.Client;

/// <summary>What machines sent to a tenant and no parser understood.</summary>
public sealed class Quarantine
{
    private readonly ApiTransport _transport;

    internal Quarantine(ApiTransport transport) => _transport = transport;

    /// <param name="limit">1 to 100.</param>
    /// <param name="cursor"><see cref="QuarantinePage.NextCursor"/> of the page before; null: the newest.</param>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public Task<QuarantinePage> ListAsync(int limit, string? cursor, CancellationToken cancellation)
    {
        var query = EventSelection.All.With("limit", $"{limit}");
        return _transport.GetAsync("quarantine", (cursor is null ? query : query.With("cursor", cursor)).ToString(), ClientJson.Default.QuarantinePage, cancellation);
    }

    /// <summary>One item, with its bytes.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public Task<QuarantineItem> GetAsync(long sequence, CancellationToken cancellation) => _transport.GetAsync($"quarantine/{sequence}", "", ClientJson.Default.QuarantineItem, cancellation);

    /// <summary>Tries again to store it: all of its events, or none.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public Task<AppendAnswer> ReplayAsync(long sequence, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, $"quarantine/{sequence}/replay"), ClientJson.Default.AppendAnswer, cancellation);
}

/// <param name="NextCursor">Null on the last page.</param>
public sealed record QuarantinePage(IReadOnlyList<QuarantineItem> Items, string? NextCursor);

/// <param name="Sequence">In the quarantine, not in the ledger.</param>
/// <param name="Context">What the source needs beside the bytes; null: nothing.</param>
/// <param name="Length">Bytes as they came; more than were kept, when it was too long.</param>
/// <param name="Errors">Why it was not understood.</param>
/// <param name="ReplayedAt">Null: not yet.</param>
/// <param name="Bytes">As they came; null in lists.</param>
/// <param name="Text">The same, where it is UTF-8; null in lists.</param>
public sealed record QuarantineItem(
    long Sequence, Timestamp Time, string SourceKind, string? Context, long Length, string Sha256, IReadOnlyList<FieldFault> Errors, Timestamp? ReplayedAt, byte[]? Bytes, string? Text);
