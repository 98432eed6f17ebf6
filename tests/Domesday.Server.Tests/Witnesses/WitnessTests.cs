using System.Text;
using System.Text.Json.Nodes;
using Domesday.Client;
using Domesday.Client.Verification;
using Domesday.Core.Nodes;
using Domesday.Core.Witnesses;
using Domesday.Events.Merkle;
using Domesday.Ingest;
using Domesday.Server.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace Domesday.Server.Tests.Witnesses;

/// <summary>Witnesses outside cosign checkpoints, and none that contradicts what they saw.</summary>
public sealed class WitnessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<TestService> ServiceAsync(params IEnumerable<TestWitness> witnesses) =>
        // Asked by the tests themselves: the worker waits a day.
        TestService.StartAsync(sources: IngestCatalog.Sources, arguments: ["--witness-seconds", "86400", "--witnesses", string.Join(';', witnesses.Select(witness => witness.Setting))]);

    private static Witnessing Asking(TestService service) => service.Service.Parts.GetRequiredService<Witnessing>();

    private static async Task<long> SealedAsync(TestService service, params string[] ids)
    {
        using var body = new StringContent(string.Join('\n', ids.Select(id => $$"""{"id":"{{id}}","action":"create"}""")), Encoding.UTF8, "application/x-ndjson");
        using var sent = await service.Admin.PostAsync("/audit/v1/events", body, Cancellation);
        Assert.True(sent.IsSuccessStatusCode);
        while (service.Service.Core.Sealer.HeadOf("default") is not { IsOk: true, Value: var head } || head.Size < service.Store.Size("default")) await Task.Delay(20, Cancellation);
        return service.Service.Core.Sealer.HeadOf("default").Value.Size;
    }

    private static NoteKey LogOf(TestService service) => service.Service.Core.Sealer.KeysOf("default")[0];

    private static async Task<JsonNode> StandingAsync(TestService service, int place = 0) => (await TestService.GetAsync(service.Admin, "/audit/v1/log/witnesses"))["witnesses"]![place]!;

    private static async Task<VerificationReport> VerifyAsync(TestService service, params IEnumerable<WitnessKey> witnesses)
    {
        using var client = new DomesdayClient(new() { Server = service.Url, Credential = ClientCredential.User("admin", TestService.Password) });
        return await new LedgerVerifier(client.FetchLogAsync).VerifyAsync(new() { Witnesses = [.. witnesses] }, null, Cancellation);
    }

    [Fact]
    public async Task Two_witnesses_cosign_as_the_ledger_grows_and_whoever_verifies_can_ask_for_both()
    {
        await using var one = await TestWitness.StartAsync("one.example");
        await using var two = await TestWitness.StartAsync("two.example");
        await using var service = await ServiceAsync(one, two);
        foreach (var witness in (TestWitness[])[one, two]) witness.Know(LogOf(service));
        for (var round = 0; round < 3; round++)
        {
            await SealedAsync(service, [.. Enumerable.Range(0, (round * 5) + 1).Select(id => $"{round}-{id}")]);
            await Asking(service).TurnAsync(Cancellation);
        }
        Assert.Null((string?)(await StandingAsync(service))["problem"]);
        Assert.NotNull((string?)(await StandingAsync(service, 1))["cosigned_at"]);
        var report = await VerifyAsync(service, one.Key, two.Key);
        Assert.True(report.Outcome == VerificationOutcome.Verified, report.Summary);
        Assert.Contains("one.example at ", report.Summary, StringComparison.Ordinal);
        Assert.Contains("two.example at ", report.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cosignature_that_is_missing_fails_a_verification_that_asks_for_it()
    {
        await using var one = await TestWitness.StartAsync("one.example");
        await using var other = await TestWitness.StartAsync("other.example");
        await using var service = await ServiceAsync(one);
        one.Know(LogOf(service));
        await SealedAsync(service, "1");
        var before = await VerifyAsync(service, one.Key);
        Assert.Equal(VerificationOutcome.Failed, before.Outcome);
        await Asking(service).TurnAsync(Cancellation);
        Assert.Equal(VerificationOutcome.Verified, (await VerifyAsync(service, one.Key)).Outcome);
        Assert.Equal(VerificationOutcome.Failed, (await VerifyAsync(service, one.Key, other.Key)).Outcome);
    }

    [Fact]
    public async Task A_witness_that_does_not_know_the_ledger_is_told_of_and_others_still_cosign()
    {
        await using var stranger = await TestWitness.StartAsync("stranger.example");
        await using var one = await TestWitness.StartAsync("one.example");
        await using var service = await ServiceAsync(stranger, one);
        one.Know(LogOf(service));
        await SealedAsync(service, "1");
        await Asking(service).TurnAsync(Cancellation);
        Assert.Contains("domesday/default", (string?)(await StandingAsync(service))["problem"], StringComparison.Ordinal);
        Assert.Equal(VerificationOutcome.Verified, (await VerifyAsync(service, one.Key)).Outcome);
        var watch = service.Service.Parts.GetRequiredService<ServiceWatch>();
        watch.Look();
        Assert.Equal("stranger.example", (await service.EventAsync("default", stored => stored.Operation == "witness.failed")).Resource!.Id);
    }

    [Fact]
    public async Task A_service_that_forgot_what_was_cosigned_goes_on_from_what_the_witness_remembers()
    {
        await using var one = await TestWitness.StartAsync("one.example");
        await using var service = await ServiceAsync(one);
        one.Know(LogOf(service));
        await SealedAsync(service, "1", "2", "3");
        await Asking(service).TurnAsync(Cancellation);
        using var again = new ForgetfulAsking(service, one);
        var size = await SealedAsync(service, "4", "5");
        await again.TurnAsync(Cancellation);
        Assert.Null(again.Of("default")[0].Problem);
        Assert.Equal(size, one.SeenOf("domesday/default")!.Size);
    }

    [Fact]
    public async Task A_ledger_that_was_set_back_or_rewritten_under_the_same_key_gets_no_cosignature()
    {
        await using var one = await TestWitness.StartAsync("one.example");
        var folder = new TestFolder();
        var honest = await TestService.StartAsync(sources: IngestCatalog.Sources, data: folder);
        one.Know(LogOf(honest));
        await SealedAsync(honest, "1", "2", "3", "4", "5", "6", "7", "8");
        var seen = await AskedAnewAsync(honest, one);
        Assert.Null(seen.Problem);
        await honest.DisposeAsync();
        // An operator with the key and without the record of what was signed begins another ledger.
        File.Delete(Path.Combine(folder["data"], "checkpoints"));
        await using var forged = await TestService.StartAsync(sources: IngestCatalog.Sources, data: folder);
        await SealedAsync(forged, "forged");
        var shorter = await AskedAnewAsync(forged, one);
        Assert.True(shorter.Refuses);
        Assert.Contains("set back", shorter.Problem, StringComparison.Ordinal);
        await SealedAsync(forged, [.. Enumerable.Range(0, 40).Select(id => $"forged-{id}")]);
        var longer = await AskedAnewAsync(forged, one);
        Assert.True(longer.Refuses);
        Assert.Contains("422", longer.Problem, StringComparison.Ordinal);
        folder.Dispose();
    }

    [Fact]
    public async Task Of_two_that_ask_at_once_with_contradicting_checkpoints_a_witness_takes_one()
    {
        await using var one = await TestWitness.StartAsync("one.example");
        using var signer = new NoteSigner(Enumerable.Repeat((byte)7, 32).ToArray());
        one.Know(signer.KeyNamed("log.example/a"));
        var roots = Enumerable.Range(0, 16).Select(leaf => MerkleHash.OfLeaf([(byte)leaf])).ToList();
        using var client = new HttpClient();
        var answers = await Task.WhenAll(roots.Select(async root =>
        {
            var checkpoint = new Checkpoint("log.example/a", 1, root);
            using var answer = await client.PostAsync(one.Url + "/add-checkpoint", new StringContent($"old 0\n\n{signer.Sign(checkpoint.Origin, checkpoint.Text)}"), Cancellation);
            return (int)answer.StatusCode;
        }));
        Assert.Equal([200, .. Enumerable.Repeat(409, 15)], answers.Order());
    }

    [Fact]
    public async Task A_witness_that_answers_with_somebody_elses_cosignature_is_not_believed()
    {
        await using var one = await TestWitness.StartAsync("one.example");
        await using var other = await TestWitness.StartAsync("other.example");
        await using var service = await ServiceAsync(one);
        other.Know(LogOf(service));
        await SealedAsync(service, "1");
        var core = service.Service.Core;
        using var folder = new TestFolder();
        using var asking = new Witnessing([new(new(one.Url), one.Key)], (_, body, _) => ValueTask.FromResult(Reply(other.Add(body))), service.Store, core.Sealer, new(service.Store, service.Store, core.Sealer), folder["w"], TimeProvider.System);
        await asking.TurnAsync(Cancellation);
        Assert.Contains("no valid cosignature", asking.Of("default")[0].Problem, StringComparison.Ordinal);
        Assert.Null(asking.NoteOf("default"));
    }

    private static WitnessReply Reply(Microsoft.AspNetCore.Http.IResult answer) => answer is Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult text ? new(text.StatusCode ?? 200, text.ResponseContent!) : new(404, "");

    private static async Task<WitnessMark> AskedAnewAsync(TestService service, TestWitness witness)
    {
        using var asking = new ForgetfulAsking(service, witness);
        await asking.TurnAsync(Cancellation);
        return asking.Of("default")[0];
    }

    /// <summary>Asks anew, with nothing remembered of what was cosigned.</summary>
    private sealed class ForgetfulAsking(TestService service, TestWitness witness) : IDisposable
    {
        private readonly Witnessing _asking = new([new(new(witness.Url), witness.Key)], async (_, body, cancellation) =>
        {
            using var client = new HttpClient();
            using var answer = await client.PostAsync(witness.Url + "/add-checkpoint", new StringContent(body), cancellation);
            return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }, service.Store, service.Service.Core.Sealer, new(service.Store, service.Store, service.Service.Core.Sealer), "nowhere", TimeProvider.System, new Nothing());

        public void Dispose() => _asking.Dispose();

        public ValueTask TurnAsync(CancellationToken cancellation) => _asking.TurnAsync(cancellation);

        public IReadOnlyList<WitnessMark> Of(string tenant) => _asking.Of(tenant);
    }

    /// <summary>Keeps what it is given in memory.</summary>
    private sealed class Nothing : IKeptFiles
    {
        private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

        public IReadOnlyList<string> Names => [.. _files.Keys.Order(StringComparer.Ordinal)];

        public byte[]? Read(string name) => _files.GetValueOrDefault(name);

        public void Replace(string name, byte[] content) => _files[name] = content;

        public void Append(string name, byte[] content) => throw new NotSupportedException();

        public void Delete(string name) => _files.Remove(name);
    }
}
