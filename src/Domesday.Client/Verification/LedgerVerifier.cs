using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>Verifies a ledger from outside, without trusting the service that serves it.</summary>
/// <remarks>Everything is computed here: signatures, roots and hashes. The service only hands out a checkpoint, tiles and entries.</remarks>
public sealed class LedgerVerifier(FetchLogResource fetch)
{
    private readonly LogReader _log = new(fetch);

    /// <summary>Verifies the checkpoint's signature, that it continues what is known, and, when asked to, every entry.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is shown.</exception>
    public async Task<VerificationReport> VerifyAsync(VerificationRequest request, IProgress<VerificationProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await RunAsync(request, progress, cancellation);
        }
        catch (LedgerBrokenException exception)
        {
            return new() { Outcome = VerificationOutcome.Broken, Summary = exception.Message, Divergence = exception.Divergence };
        }
        catch (LogRefusedException exception)
        {
            return new() { Outcome = VerificationOutcome.Failed, Summary = exception.Message };
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException or IOException)
        {
            return new() { Outcome = VerificationOutcome.Failed, Summary = $"The log cannot be reached: {exception.Message}" };
        }
    }

    private async Task<VerificationReport> RunAsync(VerificationRequest request, IProgress<VerificationProgress>? progress, CancellationToken cancellation)
    {
        var pinned = request.Key ?? request.Known?.Key;
        // Before the newest checkpoint, which must then be one that continues it.
        var cosigned = request.Witnesses.Count == 0 ? null : await _log.TextAsync("checkpoint/cosigned", cancellation);
        var head = await HeadAsync(pinned, cancellation);
        var checkpoint = head.Signed.Checkpoint;
        var earlier = Earlier(request, head.Key);
        if (earlier is null) return new() { Outcome = VerificationOutcome.Misused, Summary = $"The earlier checkpoint does not bear the signature of {head.Key.Name}, or is none." };
        if (request.Tenant is { } tenant && TenantOf(checkpoint) != tenant) throw new LedgerBrokenException($"The log signs as {checkpoint.Origin}, which is not the ledger of tenant {tenant}.");
        var tiles = await AuthenticatedTiles.OpenAsync(_log, checkpoint, cancellation);
        var witnessed = cosigned is null ? null : WitnessedCheckpoint.Read(cosigned, head.Key, request.Witnesses);
        if (witnessed is not null) await CompareAsync(witnessed.Checkpoint, checkpoint, tiles, cancellation);
        foreach (var older in earlier) await CompareAsync(older, checkpoint, tiles, cancellation);
        var entries = new EntryVerification(_log, tiles, TenantOf(checkpoint), progress);
        if (request.Full && await entries.RunAsync(cancellation) != checkpoint.Root) throw new LedgerBrokenException("The entries do not have the root that was signed.");
        return new()
        {
            Outcome = VerificationOutcome.Verified,
            Summary = Summary(checkpoint, earlier, request.Full, entries) + witnessed?.Summary,
            Checkpoint = checkpoint,
            Known = new(head.Key, head.Signed.Note),
            TrustedOnFirstUse = pinned is null,
            ComparedWithEarlier = earlier.Count > 0,
            EntriesVerified = entries.Verified,
            EntriesGone = entries.Gone,
        };
    }

    private async Task<(SignedCheckpoint Signed, NoteKey Key)> HeadAsync(NoteKey? pinned, CancellationToken cancellation)
    {
        var note = await _log.TextAsync("checkpoint", cancellation);
        NoteKey[] keys = pinned is not null ? [pinned] : [.. await OwnKeysAsync(cancellation)];
        foreach (var key in keys)
        {
            if (SignedCheckpoint.Read(note, key) is { } signed) return (signed, key);
        }
        throw new LedgerBrokenException(pinned is null
            ? "The checkpoint does not bear the signature of the key that the log names."
            : $"The checkpoint does not bear the signature of the known key {pinned}.");
    }

    private async Task<IEnumerable<NoteKey>> OwnKeysAsync(CancellationToken cancellation)
    {
        var keys = new List<NoteKey>();
        foreach (var line in (await _log.TextAsync("key", cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (NoteKey.TryParse(line, out var key)) keys.Add(key);
        }
        return keys;
    }

    /// <returns>Null when one is not what it should be.</returns>
    private static List<Checkpoint>? Earlier(VerificationRequest request, NoteKey key)
    {
        var earlier = new List<Checkpoint>();
        foreach (var note in new[] { request.Known?.Note, request.Since })
        {
            if (note is null) continue;
            if (SignedCheckpoint.Read(note, key) is not { } signed) return null;
            earlier.Add(signed.Checkpoint);
        }
        return earlier;
    }

    private static async Task CompareAsync(Checkpoint older, Checkpoint newer, AuthenticatedTiles tiles, CancellationToken cancellation)
    {
        if (older.Size > newer.Size) throw new LedgerBrokenException($"The ledger lost events: it had {older.Size} and a signed checkpoint of them; now its checkpoint says {newer.Size}.", new SequenceRange(newer.Size, older.Size - 1));
        if (await tiles.RootAsync(older.Size, cancellation) != older.Root)
        {
            throw new LedgerBrokenException($"The ledger was rewritten: its first {older.Size} events are not the ones that an earlier checkpoint was signed for.", new SequenceRange(0, older.Size - 1));
        }
    }

    /// <summary>The part of the origin behind its last slash.</summary>
    private static string TenantOf(Checkpoint checkpoint) => checkpoint.Origin[(checkpoint.Origin.LastIndexOf('/') + 1)..];

    private static string Summary(Checkpoint checkpoint, List<Checkpoint> earlier, bool full, EntryVerification entries)
    {
        var compared = earlier.Count == 0 ? "there was no earlier one to compare it with" : $"it continues the one of size {earlier.Max(older => older.Size)}";
        var read = full ? $"; {entries.Verified} entries fit" : "";
        var gone = entries.Gone > 0 ? $", and the hashes of {entries.Gone} that are gone" : "";
        return $"The checkpoint of {checkpoint.Origin} with {checkpoint.Size} events is signed; {compared}{read}{gone}.";
    }
}

/// <summary>What to verify, and with what to compare.</summary>
public sealed record VerificationRequest
{
    /// <summary>The tenant whose ledger it must be; null: the one that the checkpoint names.</summary>
    public string? Tenant { get; init; }

    /// <summary>The only key to trust; null: the known one, or on first use the one that the log names.</summary>
    public NoteKey? Key { get; init; }

    /// <summary>What was remembered the last time.</summary>
    public KnownLedger? Known { get; init; }

    /// <summary>A further earlier checkpoint to compare with, a signed note.</summary>
    public string? Since { get; init; }

    /// <summary>Witnesses whose cosignatures it must have.</summary>
    public IReadOnlyList<WitnessKey> Witnesses { get; init; } = [];

    /// <summary>Also fetches every entry.</summary>
    public bool Full { get; init; }
}
