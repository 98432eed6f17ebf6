using System.Diagnostics.Metrics;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Domesday.Events.Merkle;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Core.Tests.Sealing;

/// <summary>A data folder that sealing is started on again and again.</summary>
internal sealed class SealedFolder : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    public SealedFolder() => Options = new() { DataFolder = Path.Combine(Folder, "data") };

    public string Folder { get; } = Directory.CreateTempSubdirectory("domesday-sealing-").FullName;

    public SealingOptions Options { get; set; }

    public TestClock Clock { get; } = new();

    public Meter Meter { get; } = new("Domesday");

    public string KeyFile => Path.Combine(Options.DataFolder, "keys", "signing.key");

    public string CheckpointFile => Path.Combine(Options.DataFolder, "checkpoints");

    public Sealer Start(IEventStore store)
    {
        var sealer = TryStart(store);
        Assert.True(sealer.IsOk, sealer.Problem?.Detail);
        return sealer.Value;
    }

    public Result<Sealer> TryStart(IEventStore store)
    {
        var sealer = Sealer.Open(store, Options, Meter, Clock, NullLogger<Sealer>.Instance);
        if (sealer.IsOk) _opened.Add(sealer.Value);
        return sealer;
    }

    /// <summary>Seals until nothing is left to do right away.</summary>
    public static async Task SealAsync(Sealer sealer)
    {
        while (await sealer.SealAsync(TestContext.Current.CancellationToken))
        {
        }
        await sealer.SealAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The ledger's checkpoint, after its signature was verified.</summary>
    public static Checkpoint Head(Sealer sealer, string tenant)
    {
        var head = sealer.HeadOf(tenant);
        Assert.True(head.IsOk, head.Problem?.Detail);
        Assert.True(SignedNote.TryParse(head.Value.Note, out var note));
        Assert.True(sealer.KeysOf(tenant)[0].Verifies(note));
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        Assert.Equal(head.Value.Checkpoint, checkpoint);
        return checkpoint;
    }

    public void Dispose()
    {
        foreach (var opened in _opened) opened.Dispose();
        Meter.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
