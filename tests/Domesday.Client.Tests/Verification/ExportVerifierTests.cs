using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Domesday.Client.Verification;

namespace Domesday.Client.Tests.Verification;

/// <summary>An export that was changed after it left is found out; one that was not, is shown to be in the ledger.</summary>
public sealed class ExportVerifierTests : IDisposable
{
    private readonly TestLog _log = new(600);

    public void Dispose() => _log.Dispose();

    private byte[] Export(IEnumerable<int> sequences, Action<JsonObject>? change = null)
    {
        var numbers = sequences.ToList();
        byte[] lines = [.. numbers.SelectMany(sequence => (byte[])[.. _log.EntryAt(sequence), (byte)'\n'])];
        var manifest = new JsonObject
        {
            ["version"] = 1,
            ["tenant"] = "acme",
            ["query"] = "action=create",
            ["exported_at"] = "2026-02-11T22:21:02Z",
            ["count"] = numbers.Count,
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(lines)),
            ["checkpoint"] = _log.Note,
        };
        if (numbers.Count > 0) (manifest["first_sequence"], manifest["last_sequence"]) = (numbers[0], numbers[^1]);
        change?.Invoke(manifest);
        return [.. lines, .. Encoding.UTF8.GetBytes(new JsonObject { ["domesday_manifest"] = manifest }.ToJsonString()), (byte)'\n'];
    }

    private static Task<VerificationReport> VerifyAsync(byte[] export, FetchLogResource? fetch = null, VerificationRequest? request = null) =>
        new ExportVerifier(() => new MemoryStream(export), fetch).VerifyAsync(request ?? new(), null, TestContext.Current.CancellationToken);

    private static async Task BrokenAsync(string summary, byte[] export, FetchLogResource? fetch = null, VerificationRequest? request = null)
    {
        var report = await VerifyAsync(export, fetch, request);
        Assert.Equal(VerificationOutcome.Broken, report.Outcome);
        Assert.Contains(summary, report.Summary, StringComparison.Ordinal);
    }

    public static TheoryData<int[]> Selections => new((int[][])[[], [0], [599], [.. Enumerable.Range(0, 600)], [.. Enumerable.Range(0, 600).Reverse()], [3, 5, 255, 256, 511, 512, 598]]);

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task Every_line_is_shown_to_be_in_the_signed_tree(int[] sequences)
    {
        var report = await VerifyAsync(Export(sequences), _log.FetchAsync);
        Assert.Equal((VerificationOutcome.Verified, sequences.Length), (report.Outcome, report.EntriesVerified));
        Assert.Contains("each is in the signed tree", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_export_is_read_as_it_is()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Export(Enumerable.Range(0, 600)));
        var bytes = compressed.ToArray();
        Assert.Equal(VerificationOutcome.Verified, (await VerifyAsync(bytes, _log.FetchAsync)).Outcome);
        await BrokenAsync("The export is not what was exported", bytes[..(bytes.Length / 2)]);
    }

    [Fact]
    public async Task Without_the_log_the_report_says_what_was_not_compared()
    {
        var export = Export([1, 2, 3]);
        Assert.Contains("was not compared with the ledger", (await VerifyAsync(export)).Summary, StringComparison.Ordinal);
        Assert.Contains("its checkpoint is signed, but", (await VerifyAsync(export, request: new() { Key = _log.Key })).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_ledger_is_compared_with_its_root_without_the_log()
    {
        var request = new VerificationRequest { Key = _log.Key };
        var report = await VerifyAsync(Export(Enumerable.Range(0, 600)), request: request);
        Assert.Contains("with the root that was signed", report.Summary, StringComparison.Ordinal);
        _log.Rewrite(300, TestLog.Entry(300, action: "delete"));
        await BrokenAsync("do not have the root", Export(Enumerable.Range(0, 600)), request: request);
    }

    [Fact]
    public async Task Every_flipped_byte_of_the_events_is_found()
    {
        var export = Export([1, 2, 3]);
        var events = Encoding.UTF8.GetString(export).IndexOf("{\"domesday_manifest\"", StringComparison.Ordinal);
        for (var at = 0; at < events; at++)
        {
            byte[] flipped = [.. export];
            flipped[at] ^= 1;
            await BrokenAsync("The export is not what was exported", flipped);
        }
    }

    [Fact]
    public async Task Cut_off_anywhere_it_is_not_complete()
    {
        var export = Export([1, 2, 3]);
        for (var length = 0; length < export.Length; length++) await BrokenAsync("The export is not what was exported", export[..length]);
    }

    [Fact]
    public async Task What_does_not_agree_with_the_manifest_is_named()
    {
        await BrokenAsync("number of events is 2, but 3", Export([1, 2], manifest => manifest["count"] = 3));
        await BrokenAsync("first sequence is 1, but 0", Export([1, 2], manifest => manifest["first_sequence"] = 0));
        await BrokenAsync("last sequence is 2, but 9", Export([1, 2], manifest => manifest["last_sequence"] = 9));
        await BrokenAsync("SHA-256", Export([1, 2], manifest => manifest["sha256"] = new string('0', 64)));
        await BrokenAsync("manifest says other", Export([1, 2], manifest => manifest["tenant"] = "other"));
        await BrokenAsync("stands behind the manifest", [.. Export([1]), .. Export([1])]);
        await BrokenAsync("has no manifest", [.. _log.EntryAt(1), (byte)'\n']);
        await BrokenAsync("canonical form", Encoding.UTF8.GetBytes("{\"b\":1,\"a\":2}\n"));
    }

    [Fact]
    public async Task An_event_that_was_changed_together_with_its_manifest_is_found_in_the_ledger()
    {
        var original = _log.EntryAt(300);
        _log.Rewrite(300, TestLog.Entry(300, action: "delete"));
        var forged = Export([299, 300, 301]);
        _log.Rewrite(300, original);
        Assert.Equal(VerificationOutcome.Verified, (await VerifyAsync(forged)).Outcome);
        await BrokenAsync("Line 2 is not the event that was sealed as sequence 300", forged, _log.FetchAsync);
    }

    [Fact]
    public async Task A_ledger_that_no_longer_continues_the_exports_checkpoint_is_broken()
    {
        var export = Export([1, 2]);
        _log.Truncate(500);
        _log.Seal();
        await BrokenAsync("lost events", export, _log.FetchAsync);
    }

    [Fact]
    public async Task A_checkpoint_by_another_key_is_broken()
    {
        await BrokenAsync("does not bear the signature", Export([1], manifest => manifest["checkpoint"] = "forged"), _log.FetchAsync);
        await BrokenAsync("does not bear the signature", Export([1], manifest => manifest["checkpoint"] = "forged"), request: new() { Key = _log.Key });
    }

    [Fact]
    public async Task Events_that_no_checkpoint_covers_yet_are_neither_verified_nor_broken()
    {
        _log.Append(1);
        var report = await VerifyAsync(Export([599, 600]), _log.FetchAsync);
        Assert.Equal(VerificationOutcome.Failed, report.Outcome);
        Assert.Contains("come again", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_form_of_manifest_is_not_guessed_at() =>
        Assert.Equal(VerificationOutcome.Failed, (await VerifyAsync(Export([1], manifest => manifest["version"] = 2))).Outcome);
}
