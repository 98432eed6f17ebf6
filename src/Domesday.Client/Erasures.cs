using System.Globalization;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>Events that were erased for good, by whom and why.</summary>
public sealed class Erasures
{
    private readonly ApiTransport _transport;

    internal Erasures(ApiTransport transport) => _transport = transport;

    /// <summary>The erasures of the tenant, newest first.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <exception cref="ProblemException">The service refused it.</exception>
    public Task<ErasureList> ListAsync(int limit, CancellationToken cancellation) =>
        _transport.GetAsync("erasures", string.Create(CultureInfo.InvariantCulture, $"limit={limit}"), ClientJson.Default.ErasureList, cancellation);

    /// <inheritdoc cref="ListAsync"/>
    public Task<ErasureInfo> GetAsync(string id, CancellationToken cancellation) => _transport.GetAsync($"erasures/{Uri.EscapeDataString(id)}", "", ClientJson.Default.ErasureInfo, cancellation);

    /// <summary>What an erasure would be about. Changes nothing.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public Task<ErasurePreview> PreviewAsync(NewErasure erasure, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "erasures") { Query = "preview=true", Content = () => JsonBody.Of(erasure, ClientJson.Default.NewErasure) }, ClientJson.Default.ErasurePreview, cancellation);

    /// <summary>Erases events, and what refers to them. When the answer has a <see cref="ErasureInfo.CompletedAt"/>, nobody can read them any more; else it is carried out as soon as that is possible.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public Task<ErasureInfo> EraseAsync(NewErasure erasure, CancellationToken cancellation) =>
        _transport.AskAsync(new(HttpMethod.Post, "erasures") { Content = () => JsonBody.Of(erasure, ClientJson.Default.NewErasure) }, ClientJson.Default.ErasureInfo, cancellation);
}

/// <summary>Events to be erased: either ids, or sequences, or a filter with or without times.</summary>
/// <param name="Reason">It stays for ever: do not name the person in it.</param>
/// <param name="Case">The reference by which people know the matter.</param>
public sealed record NewErasure(string Reason, string? Case = null)
{
    /// <summary>At most 1,000.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>At most 1,000.</summary>
    public IReadOnlyList<long>? Sequences { get; init; }

    /// <summary>In the form of a query's parameters, without times. It is not kept.</summary>
    public string? Filter { get; init; }

    public Timestamp? From { get; init; }

    /// <summary>Exclusive.</summary>
    public Timestamp? To { get; init; }

    /// <summary>How many events must match, without those that refer to them; null: any number.</summary>
    public long? ExpectedCount { get; init; }
}

/// <param name="Matched">Events that were asked for.</param>
/// <param name="Notes">Events that would go along, because they refer to them.</param>
/// <param name="Gone">Asked for by name, and gone already.</param>
/// <param name="First">Sequences of the first ones.</param>
public sealed record ErasurePreview(bool Preview, long Matched, long Notes, long Gone, IReadOnlyList<long> First);

/// <param name="State"><c>erased</c>, or <c>pending</c> while it is still to be carried out.</param>
/// <param name="By">How the events were chosen: <c>ids</c>, <c>sequences</c> or <c>filter</c>.</param>
/// <param name="Events">All that it is about.</param>
/// <param name="Notes">Of them those that go because they refer to others.</param>
/// <param name="Sequences">Such as <c>17,20-24</c>; null when it is too long.</param>
/// <param name="Erased">How many events went; null while it is pending.</param>
/// <param name="Problem">What it waits for.</param>
/// <param name="Ledger">How the whole ledger stands; null in a list.</param>
public sealed record ErasureInfo(
    string Id,
    string Tenant,
    string State,
    string Reason,
    string? Case,
    string By,
    long Events,
    long Notes,
    long FirstSequence,
    long LastSequence,
    string? Sequences,
    Timestamp CreatedAt,
    string CreatedBy,
    Timestamp? CompletedAt,
    long? Erased,
    string? Problem,
    ErasedEvents? Ledger);

/// <param name="Events">Erased from the ledger, without those that retention has dropped since.</param>
/// <param name="InFiles">Of them those that nobody can read any more, and whose bytes are still in the store's files for a while.</param>
public sealed record ErasedEvents(long Events, long InFiles);

/// <param name="Total">Of the tenant, listed or not.</param>
public sealed record ErasureList(IReadOnlyList<ErasureInfo> Erasures, int Total, ErasedEvents Ledger);
