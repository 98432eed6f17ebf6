using Domesday.Client.Verification;
using Domesday.Events.Merkle;

namespace Domesday.Client.Tests.Verification;

/// <summary>A ledger that agrees is verified, and one that does not is found out, with the place.</summary>
public sealed class LedgerVerifierTests : IDisposable
{
    private const int Size = 600;

    private readonly TestLog _log = new(Size);

    public void Dispose() => _log.Dispose();

    private Task<VerificationReport> VerifyAsync(VerificationRequest? request = null, IProgress<VerificationProgress>? progress = null) =>
        new LedgerVerifier(_log.FetchAsync).VerifyAsync(request ?? new(), progress, TestContext.Current.CancellationToken);

    private async Task<VerificationReport> FullAsync() => await VerifyAsync(new() { Full = true, Key = _log.Key });

    private static void Broken(VerificationReport report, string summary, SequenceRange? divergence = null)
    {
        Assert.Equal(VerificationOutcome.Broken, report.Outcome);
        Assert.Contains(summary, report.Summary, StringComparison.Ordinal);
        Assert.Equal(divergence, report.Divergence);
        Assert.Null(report.Known);
    }

    [Fact]
    public async Task The_first_time_the_logs_own_key_is_trusted_and_the_report_says_so()
    {
        var report = await VerifyAsync();
        Assert.Equal((VerificationOutcome.Verified, true, false), (report.Outcome, report.TrustedOnFirstUse, report.ComparedWithEarlier));
        Assert.Equal(_log.Key.ToString(), report.Known?.Key.ToString());
        Assert.Equal(Size, report.Checkpoint?.Size);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(255, 1)]
    [InlineData(256, 300)]
    [InlineData(257, 65_600)]
    public async Task A_ledger_that_grew_continues_what_was_remembered(int size, int more)
    {
        using var log = new TestLog(size);
        var verifier = new LedgerVerifier(log.FetchAsync);
        var first = await verifier.VerifyAsync(new(), null, TestContext.Current.CancellationToken);
        log.Append(more);
        log.Seal();
        var second = await verifier.VerifyAsync(new() { Known = first.Known }, null, TestContext.Current.CancellationToken);
        Assert.Equal((VerificationOutcome.Verified, false, true), (second.Outcome, second.TrustedOnFirstUse, second.ComparedWithEarlier));
        Assert.Equal(size + more, second.Checkpoint?.Size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(600)]
    [InlineData(1_024)]
    [InlineData(65_536)]
    [InlineData(66_000)]
    public async Task Every_entry_is_verified_when_asked_for(int size)
    {
        using var log = new TestLog(size);
        var reported = new List<long>();
        var report = await new LedgerVerifier(log.FetchAsync).VerifyAsync(new() { Full = true, Tenant = "acme" }, new Immediately(reported), TestContext.Current.CancellationToken);
        Assert.Equal((VerificationOutcome.Verified, size, 0), (report.Outcome, report.EntriesVerified, report.EntriesGone));
        if (size > 0) Assert.Equal(size, reported[^1]);
        Assert.Equal(reported.Order(), reported);
    }

    [Fact]
    public async Task Whole_bundles_are_verified_without_their_leaf_tiles()
    {
        using var log = new TestLog(66_000);
        await new LedgerVerifier(log.FetchAsync).VerifyAsync(new() { Full = true }, null, TestContext.Current.CancellationToken);
        Assert.Single(log.Asked, path => path.StartsWith("tile/0/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ledger_that_lost_its_end_is_found_out_by_who_remembers()
    {
        var known = (await VerifyAsync()).Known;
        _log.Truncate(590);
        _log.Seal();
        Broken(await VerifyAsync(new() { Known = known }), "lost events", new(590, 599));
        Assert.Equal(VerificationOutcome.Verified, (await VerifyAsync()).Outcome);
    }

    [Fact]
    public async Task A_ledger_that_was_rewritten_and_signed_anew_is_found_out_by_who_remembers()
    {
        var known = (await VerifyAsync()).Known;
        _log.Rewrite(17, TestLog.Entry(17, action: "delete"));
        _log.Append(100);
        _log.Seal();
        Broken(await VerifyAsync(new() { Known = known }), "was rewritten", new(0, 599));
    }

    [Fact]
    public async Task A_checkpoint_given_by_hand_is_compared_too()
    {
        var since = _log.Note;
        _log.Append(1);
        _log.Seal();
        Assert.True((await VerifyAsync(new() { Since = since })).ComparedWithEarlier);
        _log.Rewrite(0, TestLog.Entry(0, action: "delete"));
        _log.Seal();
        Broken(await VerifyAsync(new() { Since = since }), "was rewritten", new(0, 599));
        var misused = await VerifyAsync(new() { Since = "no note" });
        Assert.Equal(VerificationOutcome.Misused, misused.Outcome);
    }

    [Fact]
    public async Task Another_key_than_the_known_one_is_not_believed()
    {
        using var signer = new NoteSigner(new byte[32]);
        var other = signer.KeyNamed("domesday/acme");
        Broken(await VerifyAsync(new() { Key = other }), "known key");
        Broken(await VerifyAsync(new() { Known = new(other, null) }), "known key");
        _log.Instead["key"] = LogResource.Found(System.Text.Encoding.UTF8.GetBytes($"{other}\n"));
        Broken(await VerifyAsync(), "the key that the log names");
    }

    [Fact]
    public async Task Another_tenants_ledger_is_not_taken_for_ones_own() =>
        Broken(await VerifyAsync(new() { Tenant = "other" }), "not the ledger of tenant other");

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(599)]
    public async Task An_entry_that_is_handed_out_changed_is_named(int sequence)
    {
        var original = _log.EntryAt(sequence);
        _log.Change = (path, body) => path.Contains("entries", StringComparison.Ordinal) ? Replace(body, original, TestLog.Entry(sequence, action: "delete")) : body;
        Broken(await FullAsync(), $"sequence {sequence} is not the entry that was sealed", new(sequence, sequence));
    }

    [Fact]
    public async Task Of_several_changed_entries_the_first_is_named()
    {
        int[] changed = [590, 301, 300];
        _log.Change = (path, body) => changed.Aggregate(body, (bundle, sequence) => Replace(bundle, _log.EntryAt(sequence), TestLog.Entry(sequence, action: "delete")));
        Broken(await FullAsync(), "sequence 300 is not the entry that was sealed", new(300, 300));
    }

    /// <summary>Who rewrites the files of the service: its leaf hashes follow the entry, its stored nodes and its checkpoint do not.</summary>
    [Fact]
    public async Task An_entry_rewritten_on_the_disk_is_narrowed_to_its_tile()
    {
        var stored = new TestLog(Size);
        using (stored)
        {
            _log.Rewrite(300, TestLog.Entry(300, action: "delete"));
            _log.Instead["tile/1/000.p/2"] = await stored.FetchAsync("tile/1/000.p/2", TestContext.Current.CancellationToken);
            Broken(await FullAsync(), "do not fit the tree that was signed", new(256, 511));
        }
    }

    [Fact]
    public async Task Missing_exchanged_and_added_entries_are_named()
    {
        _log.Instead["tile/entries/001"] = Bundle([.. Enumerable.Range(256, 255)]);
        Broken(await FullAsync(), "sequence 511 is missing", new(511, 511));
        _log.Instead["tile/entries/001"] = Bundle([.. Enumerable.Range(256, 257)]);
        Broken(await FullAsync(), "more entries than the tree has", new(256, 511));
        _log.Instead["tile/entries/001"] = Bundle([.. Enumerable.Range(256, 10), 267, 266, .. Enumerable.Range(268, 244)]);
        Broken(await FullAsync(), "sequence 266 is not the entry", new(266, 266));
        _log.Instead["tile/entries/001"] = LogResource.Found(new byte[] { 0, 9, 1 });
        Broken(await FullAsync(), "is not a bundle", new(256, 511));
    }

    [Fact]
    public async Task An_entry_that_was_sealed_in_anothers_place_is_named()
    {
        _log.Rewrite(300, TestLog.Entry(301));
        _log.Seal();
        Broken(await FullAsync(), "says of itself that it is sequence 301", new(300, 300));
        _log.Rewrite(300, TestLog.Entry(300, tenant: "other"));
        _log.Seal();
        Broken(await FullAsync(), "belongs to tenant other", new(300, 300));
        _log.Rewrite(300, "{}"u8.ToArray());
        _log.Seal();
        Broken(await FullAsync(), "not an event in canonical form", new(300, 300));
    }

    [Fact]
    public async Task Entries_that_are_gone_are_counted_and_their_hashes_still_fit()
    {
        _log.Instead["tile/entries/000"] = LogResource.Refused(410, "/problems/gone", "dropped");
        _log.Instead["tile/entries/002.p/88"] = LogResource.Refused(410, "/problems/gone", "dropped");
        var report = await FullAsync();
        Assert.Equal((VerificationOutcome.Verified, 256, 256 + 88), (report.Outcome, report.EntriesVerified, report.EntriesGone));
    }

    [Fact]
    public async Task Beside_an_entry_that_was_erased_a_changed_one_is_still_found()
    {
        byte[] Bundle(bool isChanged) => [.. Enumerable.Range(256, 256).SelectMany(sequence => Behind(sequence == 300 ? [] : isChanged && sequence == 301 ? TestLog.Entry(301, action: "delete") : _log.EntryAt(sequence)))];
        _log.Instead["tile/entries/001"] = LogResource.Refused(410, "/problems/gone", "erased");
        _log.Instead["tile/kept/001"] = LogResource.Found(Bundle(isChanged: false));
        var report = await FullAsync();
        Assert.Equal((VerificationOutcome.Verified, 599, 1), (report.Outcome, report.EntriesVerified, report.EntriesGone));
        _log.Instead["tile/kept/001"] = LogResource.Found(Bundle(isChanged: true));
        Broken(await FullAsync(), "is not the entry that was sealed", new(301, 301));
    }

    private static byte[] Behind(byte[] entry) => [(byte)(entry.Length >> 8), (byte)entry.Length, .. entry];

    [Fact]
    public async Task A_checkpoint_whose_tiles_have_another_root_is_broken()
    {
        _log.Truncate(599);
        _log.Append(1);
        _log.Rewrite(599, TestLog.Entry(599, action: "delete"));
        Broken(await VerifyAsync(), "do not have the root that was signed");
    }

    [Theory]
    [InlineData(404, "/problems/notfound", VerificationOutcome.Broken)]
    [InlineData(410, "/problems/gone", VerificationOutcome.Broken)]
    [InlineData(500, "/problems/corrupt", VerificationOutcome.Broken)]
    [InlineData(401, "/problems/unauthenticated", VerificationOutcome.Failed)]
    [InlineData(403, "/problems/forbidden", VerificationOutcome.Failed)]
    [InlineData(503, "/problems/unavailable", VerificationOutcome.Failed)]
    [InlineData(500, null, VerificationOutcome.Failed)]
    public async Task A_log_that_withholds_what_it_signed_is_broken_and_one_that_is_busy_is_not(int status, string? type, VerificationOutcome outcome)
    {
        _log.Instead["tile/0/002.p/88"] = LogResource.Refused(status, type, "its words");
        var report = await VerifyAsync();
        Assert.Equal(outcome, report.Outcome);
        Assert.Contains("tile/0/002.p/88", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_cannot_be_reached_shows_nothing()
    {
        var report = await new LedgerVerifier((_, _) => throw new HttpRequestException("no route")).VerifyAsync(new(), null, TestContext.Current.CancellationToken);
        Assert.Equal(VerificationOutcome.Failed, report.Outcome);
        Assert.Contains("no route", report.Summary, StringComparison.Ordinal);
    }

    /// <summary>One bit of anything that the log hands out; 16 places of each path.</summary>
    [Fact]
    public async Task Whatever_bit_is_flipped_on_the_way_nothing_false_is_verified()
    {
        await FullAsync();
        var random = new Random(4711);
        foreach (var changed in _log.Asked.Distinct().ToList())
        {
            for (var round = 0; round < 16; round++)
            {
                _log.Change = (path, body) => path == changed ? Flipped(body, random) : body;
                var report = await FullAsync();
                Assert.True(report.Outcome == VerificationOutcome.Broken, $"{changed}: {report.Summary}");
            }
        }
    }

    private static byte[] Flipped(byte[] body, Random random)
    {
        byte[] flipped = [.. body];
        flipped[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private LogResource Bundle(int[] sequences)
    {
        var bundle = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (var sequence in sequences) EntryBundle.Write(_log.EntryAt(sequence), bundle);
        return LogResource.Found(bundle.WrittenMemory);
    }

    private static byte[] Replace(byte[] body, byte[] old, byte[] replacement)
    {
        var at = body.AsSpan().IndexOf(old);
        return at < 0 || old.Length != replacement.Length ? body : [.. body[..at], .. replacement, .. body[(at + old.Length)..]];
    }

    private sealed class Immediately(List<long> reported) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => reported.Add(value.Entries);
    }
}
