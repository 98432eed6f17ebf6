using Domesday.Events.Merkle;

namespace Domesday.Client.Verification;

/// <summary>Verifies an NDJSON export: against its own manifest, against the checkpoint in it, and, when the log can be reached, entry by entry against the signed tree.</summary>
public sealed class ExportVerifier
{
    private readonly Func<Stream> _open;
    private readonly LogReader? _log;
    private readonly FetchLogResource? _fetch;

    /// <param name="open">Opens the file; called once or twice.</param>
    /// <param name="fetch">The log that the export came from; null: only what the file itself shows.</param>
    public ExportVerifier(Func<Stream> open, FetchLogResource? fetch)
    {
        (_open, _fetch) = (open, fetch);
        if (fetch is not null) _log = new(fetch);
    }

    /// <param name="request"><see cref="VerificationRequest.Key"/> and <see cref="VerificationRequest.Known"/> say which key to trust; <see cref="VerificationRequest.Full"/> has no meaning here.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<VerificationReport> VerifyAsync(VerificationRequest request, IProgress<VerificationProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var contents = await ReadAsync(progress, cancellation);
            return _fetch is null ? Alone(contents, request) : await AgainstLogAsync(contents, request, progress, cancellation);
        }
        catch (LedgerBrokenException exception)
        {
            return new() { Outcome = VerificationOutcome.Broken, Summary = exception.Message, Divergence = exception.Divergence };
        }
        catch (LogRefusedException exception)
        {
            return new() { Outcome = VerificationOutcome.Failed, Summary = exception.Message };
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutException)
        {
            return new() { Outcome = VerificationOutcome.Failed, Summary = $"The log cannot be reached: {exception.Message}" };
        }
    }

    /// <summary>Reads the file and compares it with its manifest; a ledger's beginning without gaps is also compared with the checkpoint.</summary>
    private async Task<ExportContents> ReadAsync(IProgress<VerificationProgress>? progress, CancellationToken cancellation)
    {
        var frontier = new TreeFrontier();
        var tenants = new HashSet<string>(StringComparer.Ordinal);
        await using var file = _open();
        var manifest = await ExportReader.ReadAsync(file, entry =>
        {
            tenants.Add(entry.Tenant);
            if (tenants.Count == 1 && entry.Sequence == frontier.Size && entry.Line == entry.Sequence + 1) frontier.Add(entry.Leaf);
            if (entry.Line % TreeTile.WidthMax == 0) progress?.Report(new(entry.Line, 0));
            return ValueTask.CompletedTask;
        }, cancellation);
        if (manifest.Tenant is { } tenant && tenants.FirstOrDefault(other => other != tenant) is { } stranger)
        {
            throw new LedgerBrokenException($"The export is not what was exported: it holds events of tenant {stranger}, but its manifest says {tenant}.");
        }
        return new(manifest, frontier.Size == manifest.Count ? frontier : null);
    }

    /// <summary>What can be shown without the log.</summary>
    private static VerificationReport Alone(ExportContents contents, VerificationRequest request)
    {
        var count = contents.Manifest.Count;
        var key = request.Key ?? request.Known?.Key;
        if (key is null || contents.Manifest.Checkpoint is not { } note)
        {
            return Verified($"{count} events, as the manifest says; the manifest itself is not signed, and was not compared with the ledger.", count, null);
        }
        var signed = Signed(note, key);
        if (contents.Whole is { } whole && whole.Size == signed.Checkpoint.Size)
        {
            if (whole.Root != signed.Checkpoint.Root) throw new LedgerBrokenException($"The {count} events do not have the root of the checkpoint in the manifest.", new SequenceRange(0, count - 1));
            return Verified($"{count} events, all that {signed.Checkpoint.Origin} had at that size, with the root that was signed.", count, signed.Checkpoint);
        }
        return Verified($"{count} events, as the manifest says; its checkpoint is signed, but the events were not compared with the ledger.", count, signed.Checkpoint);
    }

    private async Task<VerificationReport> AgainstLogAsync(ExportContents contents, VerificationRequest request, IProgress<VerificationProgress>? progress, CancellationToken cancellation)
    {
        var since = contents.Manifest.Checkpoint;
        var ledger = await new LedgerVerifier(_fetch!).VerifyAsync(request with { Tenant = request.Tenant ?? contents.Manifest.Tenant, Full = false, Since = since }, null, cancellation);
        if (ledger.Outcome == VerificationOutcome.Misused) throw new LedgerBrokenException("The checkpoint in the manifest does not bear the signature of the ledger's key.");
        if (ledger is not { Outcome: VerificationOutcome.Verified, Checkpoint: { } checkpoint }) return ledger;
        var tiles = await AuthenticatedTiles.OpenAsync(_log!, checkpoint, cancellation);
        var tenant = contents.Manifest.Tenant ?? checkpoint.Origin[(checkpoint.Origin.LastIndexOf('/') + 1)..];
        await using var file = _open();
        await ExportReader.ReadAsync(file, async entry =>
        {
            if (entry.Tenant != tenant) throw new LogRefusedException($"Line {entry.Line} is of tenant {entry.Tenant}: an export of several tenants is verified one tenant at a time.");
            if (entry.Sequence >= checkpoint.Size) throw new LogRefusedException($"No checkpoint covers line {entry.Line}, sequence {entry.Sequence}, yet: come again.");
            var leaves = await tiles.LeavesAsync(entry.Sequence >> TreeTile.Height, cancellation);
            if (leaves[entry.Sequence & (TreeTile.WidthMax - 1)] != entry.Leaf)
            {
                throw new LedgerBrokenException($"Line {entry.Line} is not the event that was sealed as sequence {entry.Sequence}.", new SequenceRange(entry.Sequence, entry.Sequence));
            }
            if (entry.Line % TreeTile.WidthMax == 0) progress?.Report(new(entry.Line, contents.Manifest.Count));
        }, cancellation);
        return ledger with
        {
            Summary = $"{contents.Manifest.Count} events, as the manifest says; each is in the signed tree of {checkpoint.Origin} with {checkpoint.Size} events.",
            EntriesVerified = contents.Manifest.Count,
        };
    }

    private static SignedCheckpoint Signed(string note, NoteKey key) =>
        SignedCheckpoint.Read(note, key) ?? throw new LedgerBrokenException($"The checkpoint in the manifest does not bear the signature of {key.Name}.");

    private static VerificationReport Verified(string summary, long count, Checkpoint? checkpoint) =>
        new() { Outcome = VerificationOutcome.Verified, Summary = summary, EntriesVerified = count, Checkpoint = checkpoint };

    /// <param name="Whole">The tree of the entries, when they are a ledger's first ones in order, without gaps.</param>
    private sealed record ExportContents(ExportManifest Manifest, TreeFrontier? Whole);
}
