using System.Net;
using System.Text;
using Domesday.Events.Merkle;
using Domesday.TestKit;

namespace Domesday.Server.Tests.Operations;

/// <summary>The service seals by itself, and does not go on where a ledger contradicts what was signed.</summary>
public sealed class SealedServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_arrives_is_covered_by_a_signed_checkpoint_shortly_after()
    {
        await using var service = await TestService.StartAsync();
        var size = await AppendAsync(service, 300);
        var note = await CheckpointAsync(service, size);
        Assert.True(NoteKey.TryParse((await service.Admin.GetStringAsync("/audit/v1/log/key", Cancellation)).TrimEnd('\n'), out var key));
        Assert.True(key.Verifies(note));
        Assert.Equal("domesday/default", key.Name);
    }

    [Fact]
    public async Task A_service_started_again_continues_its_ledgers()
    {
        using var folder = new TestFolder();
        await using var first = await TestService.StartAsync(data: folder);
        var key = await first.Admin.GetStringAsync("/audit/v1/log/key", Cancellation);
        await CheckpointAsync(first, await AppendAsync(first, 300));
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(first.Store, data: folder);
        await CheckpointAsync(second, await AppendAsync(second, 1));
        Assert.Equal(key, await second.Admin.GetStringAsync("/audit/v1/log/key", Cancellation));
        using var ready = await second.Nobody.GetAsync("/readyz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task A_service_whose_ledger_lost_sealed_events_is_not_ready_and_names_no_tenant_to_strangers()
    {
        using var folder = new TestFolder();
        await using var first = await TestService.StartAsync(data: folder);
        var size = await AppendAsync(first, 300);
        await CheckpointAsync(first, size);
        await first.DisposeAsync();
        await using var second = await TestService.StartAsync(new MemoryStore(TimeProvider.System), data: folder);
        var said = "";
        while (!said.Contains("last signed checkpoint: 2", StringComparison.Ordinal))
        {
            using var ready = await second.Nobody.GetAsync("/readyz", Cancellation);
            said = await ready.Content.ReadAsStringAsync(Cancellation);
            await Task.Delay(20, Cancellation);
        }
        Assert.DoesNotContain("default", said, StringComparison.Ordinal);
        using var tile = await second.Admin.GetAsync("/audit/v1/log/tile/0/000", Cancellation);
        Assert.Equal(("/problems/corrupt", 500), ((await TestService.JsonAsync(tile))["type"]!.GetValue<string>(), (int)tile.StatusCode));
        Assert.Equal(size, await SizeAsync(second));
    }

    [Theory]
    [InlineData("wrong horse", "does not open")]
    [InlineData(null, "is encrypted")]
    public async Task Without_the_passphrase_of_its_key_it_does_not_start(string? passphrase, string message)
    {
        using var folder = new TestFolder();
        await using (await TestService.StartAsync(data: folder, arguments: ["--key-passphrase", "correct horse"]))
        {
        }
        await using var errors = new StringWriter();
        var store = new MemoryStore(TimeProvider.System);
        var parts = new ServeParts { OpenStore = (_, _) => ValueTask.FromResult(new StorePair(store, store)) };
        string[] arguments = ["--urls", "http://127.0.0.1:0", "--data", folder["data"], .. passphrase is null ? [] : (string[])["--key-passphrase", passphrase]];
        Assert.Equal(ServeHost.Misused, await ServeHost.RunAsync(arguments, new Dictionary<string, string>(), parts, TextWriter.Null, errors, Cancellation));
        Assert.Contains(message, errors.ToString(), StringComparison.Ordinal);
    }

    /// <returns>The size of the ledger now.</returns>
    private static async Task<long> AppendAsync(TestService service, int count)
    {
        var events = Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes("""{"action":"create"}"""));
        Assert.True((await service.Service.Core.Pipeline.AppendAsync(new("default", "native", [.. events]), Cancellation)).IsOk);
        return service.Store.Size("default");
    }

    /// <summary>Waits for a checkpoint that covers a size; the test's own time limit ends a vain wait.</summary>
    private static async Task<SignedNote> CheckpointAsync(TestService service, long size)
    {
        while (await SizeAsync(service) < size) await Task.Delay(20, Cancellation);
        Assert.True(SignedNote.TryParse(await service.Admin.GetStringAsync("/audit/v1/log/checkpoint", Cancellation), out var note));
        return note;
    }

    /// <returns>-1 while there is none.</returns>
    private static async Task<long> SizeAsync(TestService service)
    {
        using var response = await service.Admin.GetAsync("/audit/v1/log/checkpoint", Cancellation);
        return SignedNote.TryParse(await response.Content.ReadAsStringAsync(Cancellation), out var note) && Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint.Size : -1;
    }
}
