using System.Text.Json;
using System.Text.Json.Serialization;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client.Verification;
using Domesday.Events.Merkle;

namespace Domesday.Cli.Commands.Verify;

/// <summary>Carries out a verification, remembers what was verified, and tells it.</summary>
/// <param name="tenant">Null: the credential's own.</param>
/// <param name="trusted">Null: the remembered key, or the one that the log names.</param>
internal sealed class VerifyRun(CliConsole console, Uri server, string? tenant, NoteKey? trusted, bool asJson)
{
    private readonly KnownLedgers _known = console.KnownLedgers is { } folder ? new(folder) : KnownLedgers.OfUser();

    private string Ledger => tenant ?? "";

    /// <param name="save">Where to write the checkpoint; null: nowhere.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> LedgerAsync(FetchLogResource fetch, VerificationRequest request, string? save, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "entries verified");
        var known = Known();
        var report = await new LedgerVerifier(fetch).VerifyAsync(request with { Tenant = tenant, Key = trusted, Known = known }, Report(progress), cancellation);
        if (report.Known is { } verified)
        {
            _known.Remember(server, Ledger, verified);
            if (save is not null) await File.WriteAllTextAsync(save, verified.Note, cancellation);
        }
        progress.Dispose();
        return Tell(report);
    }

    /// <inheritdoc cref="LedgerAsync"/>
    /// <param name="fetch">Null: the file alone.</param>
    public async Task<int> ExportAsync(Func<Stream> open, FetchLogResource? fetch, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "lines verified");
        var report = await new ExportVerifier(open, fetch).VerifyAsync(new() { Tenant = fetch is null ? null : tenant, Key = trusted, Known = Known() }, Report(progress), cancellation);
        if (report.Known is { } verified) _known.Remember(server, Ledger, verified);
        progress.Dispose();
        return Tell(report);
    }

    private KnownLedger? Known()
    {
        try
        {
            return _known.Find(server, Ledger);
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{_known.FileOf(server, Ledger)} is damaged: {exception.Message} Put back a copy, or delete it to begin anew.");
        }
    }

    private int Tell(VerificationReport report)
    {
        if (asJson)
        {
            var body = new VerifyReport(report.Outcome.ToString().ToLowerInvariant(), report.Summary, report.Checkpoint?.Origin, report.Checkpoint?.Size, report.Checkpoint?.Root.ToBase64(),
                report.Known?.Key.ToString(), report.EntriesVerified, report.EntriesGone, report.ComparedWithEarlier, report.TrustedOnFirstUse, report.Divergence?.First, report.Divergence?.Last);
            console.Out.WriteLine(JsonSerializer.Serialize(body, VerifyJson.Default.VerifyReport));
        }
        else TellPeople(report);
        return (int)report.Outcome;
    }

    private void TellPeople(VerificationReport report)
    {
        var word = report.Outcome switch { VerificationOutcome.Verified => "Verified", VerificationOutcome.Broken => "BROKEN", _ => "Not verified" };
        (report.Outcome == VerificationOutcome.Verified ? console.Out : console.Error).WriteLine($"{word}: {PlainText.Of(report.Summary)}");
        if (report.TrustedOnFirstUse && report.Known is { } known)
        {
            console.Out.WriteLine($"The key was taken from the service, this first time: compare it with what its operator publishes, then it is remembered.\n  {PlainText.Of(known.Key.ToString())}");
        }
    }

    private static SameThreadProgress Report(ProgressLine line) => new(line);

    /// <summary>Reports at once, unlike <see cref="Progress{T}"/>, which reports when a thread has time, perhaps after the end.</summary>
    private sealed class SameThreadProgress(ProgressLine line) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => line.Report(value.Entries, value.Total);
    }
}

internal sealed record VerifyReport(
    string Outcome, string Summary, string? Origin, long? Size, string? Root, string? Key, long EntriesVerified, long EntriesGone, bool ComparedWithEarlier, bool TrustedOnFirstUse,
    long? DivergenceFirst, long? DivergenceLast);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;
