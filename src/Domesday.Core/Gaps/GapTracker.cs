using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Core.Sealing;
using Domesday.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Gaps;

/// <summary>Follows the ledgers and notes which numbers of which producers are missing.</summary>
/// <remarks>
/// Everything follows from the ledgers. What was noted is kept in a file for each tenant, so that a start reads only what came after it; without the file the ledger is read from its beginning.
/// </remarks>
public sealed class GapTracker(IEventStore store, IEventReader reader, string dataFolder, ILogger logger) : IDisposable
{
    /// <summary>Entries that are read before others have a turn with a tenant's streams.</summary>
    private const int EntriesMax = 50_000;

    private readonly Dictionary<string, TenantStreams> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _saved = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    private string Folder => Path.Combine(dataFolder, "gaps");

    /// <summary>Reads on where it left off, in every ledger.</summary>
    /// <returns>Whether there is more to read right away.</returns>
    public async ValueTask<bool> FollowAsync(CancellationToken cancellation)
    {
        var more = false;
        foreach (var tenant in store.Tenants.Where(tenant => !TenantName.IsInternal(tenant)))
        {
            await _turn.WaitAsync(cancellation);
            try
            {
                more |= await FollowAsync(tenant, cancellation);
            }
            finally
            {
                _turn.Release();
            }
        }
        return more;
    }

    /// <summary>Hands a tenant's streams to those who ask, as far as they were followed.</summary>
    /// <param name="read">Must not keep them.</param>
    public async ValueTask<T> ReadAsync<T>(string tenant, Func<TenantStreams, T> read, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(read);
        await _turn.WaitAsync(cancellation);
        try
        {
            return read(Streams(tenant));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Keeps what was noted. When it fails, a start reads the more.</summary>
    public async ValueTask SaveAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            foreach (var (tenant, streams) in _tenants.Where(one => one.Value.Streams.Count > 0 && _saved.GetValueOrDefault(one.Key) != one.Value.Position))
            {
                DurableFile.MakeFolderOf(FileOf(tenant));
                DurableFile.Replace(FileOf(tenant), JsonSerializer.SerializeToUtf8Bytes(streams.Stored(), GapJson.Default.StoredStreams));
                _saved[tenant] = streams.Position;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<bool> FollowAsync(string tenant, CancellationToken cancellation)
    {
        var streams = Streams(tenant);
        var size = store.Size(tenant);
        // A ledger that is shorter than what was noted of it is another one, such as from a backup.
        if (size < streams.Position) _tenants[tenant] = streams = new();
        if (size == streams.Position) return false;
        var end = Math.Min(size, streams.Position + EntriesMax);
        var filter = new EventFilter { FromSequence = streams.Position, ToSequence = end };
        await foreach (var batch in reader.ReadAsync(AccessScope.WholeTenant(tenant), filter, EventOrder.Sequence, descending: false, cancellation))
        {
            foreach (var entry in batch)
            {
                if (ProducerNumber.TryRead(entry.Bytes.Span, out var number, out var arrival)) streams.Add(number, arrival);
                streams.Position = entry.Sequence + 1;
            }
        }
        streams.Position = end;
        return end < size;
    }

    private TenantStreams Streams(string tenant)
    {
        if (_tenants.TryGetValue(tenant, out var streams)) return streams;
        _tenants.Add(tenant, streams = Load(tenant) ?? new());
        return streams;
    }

    private TenantStreams? Load(string tenant)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(FileOf(tenant)), GapJson.Default.StoredStreams) is { } stored ? TenantStreams.From(stored) : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            GapLog.NotRead(logger, tenant, exception.Message);
            return null;
        }
    }

    private string FileOf(string tenant) => Path.Combine(Folder, tenant + ".json");
}
