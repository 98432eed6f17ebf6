using Domesday.Core.Storage;
using Domesday.Events.Json;
using Domesday.Events.Merkle;
using Domesday.Events.Schema;
using Domesday.Storage.Embedded.Commit;
using Domesday.Storage.Embedded.Erasures;
using Domesday.Storage.Embedded.Ledgers;
using Domesday.Storage.Embedded.Log;
using Domesday.Storage.Embedded.Manifests;

namespace Domesday.Storage.Embedded.Maintenance;

/// <summary>Brings a store back to what was acknowledged: segments from the manifest, the rest from the log.</summary>
internal sealed class Recovery(StoreFiles files, LedgerMap ledgers)
{
    private readonly Generation _generation = new();
    private readonly FieldSlice[] _slices = new FieldSlice[EventSchema.Count];
    private readonly List<LogDamage> _damages = [];

    public Recovered Run()
    {
        foreach (var tenant in files.Manifest.Tenants) Restore(tenant);
        var log = new LogRecovery(files.Disk).Replay(files.Manifest.LogFrom, Apply);
        foreach (var (ledger, table) in _generation.Tables)
        {
            table.Publish();
            ledger.Change(view => new(view.Segments, [.. view.Tables, table]));
        }
        _generation.LastLogFile = log.File;
        MarkDamaged([.. log.Damages, .. _damages]);
        return new(_generation, log, [.. log.Damages, .. _damages]);
    }

    private void Restore(ManifestTenant tenant)
    {
        var ledger = ledgers.Restore(tenant.Name, tenant.Number);
        (ledger.Durable, ledger.NextSequence) = (tenant.Durable, tenant.Durable);
        if (tenant.Damage is not null) (ledger.Damage, ledger.IsAppendRefused) = (tenant.Damage, true);
        if (tenant.Dropped.Count > 0) ledger.Dropped = new(files.Open, tenant.Dropped);
        foreach (var segment in tenant.Segments) files.Keep(segment);
        RestoreErased(ledger, tenant);
        ledger.Change(_ => new([.. tenant.Segments.Select(files.Reader)], []));
    }

    /// <summary>Without knowing what was erased nothing of the ledger may be read.</summary>
    private void RestoreErased(Ledger ledger, ManifestTenant tenant)
    {
        if (tenant.Erased.Count == 0) return;
        try
        {
            ledger.Erased = ErasedEvents.None.With(tenant.Erased.SelectMany(run => ErasureFile.Read(files.Disk, run)));
        }
        catch (CorruptLedgerException exception)
        {
            _damages.Add(new(tenant.Name, exception.Message));
        }
    }

    private void Apply(LogPart part, ReadOnlySpan<byte> body)
    {
        var ledger = ledgers.GetOrAdd(part.Tenant);
        if (part.FirstSequence + part.Count <= ledger.Durable) return;
        if (part.FirstSequence != ledger.NextSequence)
        {
            _damages.Add(new(part.Tenant, $"The log continues with event {part.FirstSequence} where {ledger.NextSequence} should come."));
            return;
        }
        var table = _generation.TableOf(ledger);
        if (table is null) _generation.Add(ledger, table = new(files.Hash, part.FirstSequence));
        var entries = new LogBody(part, body);
        while (entries.TryReadEntry(out var prefixed))
        {
            EntrySlicer.Slice(prefixed[1..], _slices);
            table.Add(prefixed, MerkleHash.OfPrefixedLeaf(prefixed), ledger.IdHash(files.Hash, _slices[(int)EventField.Id].Of(prefixed[1..])));
        }
        while (entries.TryReadAttachment(out var attachment)) table.Attach(attachment!);
        ledger.NextSequence += part.Count;
        _generation.Count(part.Count, part.Length);
    }

    /// <summary>A ledger that lost events takes no more: their sequences are not known. Damage whose owner cannot be told stops every ledger.</summary>
    private void MarkDamaged(IReadOnlyList<LogDamage> damages)
    {
        foreach (var damage in damages)
        {
            foreach (var ledger in ledgers.All.Where(ledger => damage.Tenant is null || ledger.Name == damage.Tenant))
            {
                (ledger.Damage, ledger.IsAppendRefused) = (damage.Description, true);
            }
        }
        if (damages.Count == 0) return;
        var described = ledgers.All.Where(ledger => ledger.Damage is not null).ToDictionary(ledger => ledger.Name, ledger => ledger.Damage);
        files.Change(manifest => manifest with
        {
            Tenants = [.. manifest.Tenants.Select(tenant => described.TryGetValue(tenant.Name, out var damage) ? tenant with { Damage = damage } : tenant)],
        });
    }
}

/// <param name="Generation">What was in the log.</param>
internal sealed record Recovered(Generation Generation, LogRecovered Log, IReadOnlyList<LogDamage> Damages);
