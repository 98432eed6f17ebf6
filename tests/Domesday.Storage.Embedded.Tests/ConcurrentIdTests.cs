using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Domesday.Core.Access;
using Domesday.Events;
using Domesday.Storage.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Storage.Embedded.Tests;

/// <summary>Ids are known at every moment, while segments and runs of ids are made and merged behind those who ask.</summary>
public sealed class ConcurrentIdTests : IAsyncLifetime
{
    private const int Rounds = 250;
    private const int NewIds = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("domesday-").FullName;
    private readonly Meter _meter = new("test");
    private readonly ConcurrentDictionary<(string Tenant, string Id), long> _stored = new();
    private EmbeddedStore _store = null!;

    public ValueTask InitializeAsync()
    {
        // Every few batches a segment and a run of ids are made, every few of these merged.
        var options = new EngineOptions { GenerationEventsMax = 30, MergeFanIn = 3, SegmentRowsMax = 400, FreeBytesMin = 1 << 20, CacheBytesMax = 1 << 20, OpenFilesMax = 4, OwnFileBytesMin = 20_000 };
        _store = EmbeddedStore.Open(_folder, options, TimeProvider.System, NullLogger.Instance, _meter);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_id_that_was_stored_is_found_and_not_stored_again_while_files_are_made_and_merged()
    {
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() => FindAsync(stop.Token), TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteAsync(writer), TestContext.Current.CancellationToken)));
        await stop.CancelAsync();
        Assert.True(await reader > Rounds, "Hardly anything was looked up.");
        foreach (var tenant in _store.Tenants) Assert.Equal(_stored.Keys.Count(key => key.Tenant == tenant), _store.Size(tenant));
    }

    /// <summary>Stores new events together with some that are stored already.</summary>
    private async Task WriteAsync(int writer)
    {
        var random = new Random(writer);
        var own = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            // Tenants come into being all the time: a ledger's first segment is made while others are merged.
            var tenant = $"t{writer}-{round / 50}";
            if (round % 50 == 0) own.Clear();
            var again = Enumerable.Range(0, Math.Min(own.Count, 3)).Select(_ => own[random.Next(own.Count)]).Distinct().ToList();
            var fresh = Enumerable.Range(0, NewIds).Select(number => $"w{writer}-{round}-{number}").ToList();
            var batch = PendingBatches.Of(tenant, DateTimeOffset.UnixEpoch, fresh.Concat(again).Select(id => new AuditEvent { Id = id, Action = "create" }));
            var receipts = (await _store.AppendAsync(tenant, batch, CancellationToken.None)).Value;
            for (var i = 0; i < fresh.Count; i++) Assert.True(_stored.TryAdd((tenant, fresh[i]), receipts[i].Sequence));
            for (var i = 0; i < again.Count; i++)
            {
                Assert.True(receipts[fresh.Count + i].Duplicate, $"{again[i]} of {tenant} was stored a second time");
                Assert.Equal(_stored[(tenant, again[i])], receipts[fresh.Count + i].Sequence);
            }
            own.AddRange(fresh);
        }
    }

    private async Task<int> FindAsync(CancellationToken stop)
    {
        var found = 0;
        while (!stop.IsCancellationRequested)
        {
            foreach (var ((tenant, id), sequence) in _stored)
            {
                if (stop.IsCancellationRequested) break;
                var entry = await _store.Reader.FindAsync(AccessScope.WholeTenant(tenant), id, CancellationToken.None);
                Assert.True(entry.IsOk, $"{id} of {tenant}, stored at {sequence}, is not found");
                Assert.Equal(sequence, entry.Value.Sequence);
                found++;
            }
        }
        return found;
    }
}
