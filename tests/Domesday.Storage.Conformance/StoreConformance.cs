using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;

namespace Domesday.Storage.Conformance;

/// <summary>A fresh store for each test, and the steps that tests share.</summary>
public abstract class StoreConformance(IStoreFactory factory) : IAsyncLifetime
{
    protected const string Tenant = "acme";

    private StoreUnderTest? _under;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected static AccessScope Whole { get; } = AccessScope.WholeTenant(Tenant);

    protected SettableTime Time { get; } = new(new DateTimeOffset(2026, 2, 11, 22, 21, 2, TimeSpan.Zero));

    protected IEventStore Store => Under.Store;

    protected IEventReader Reader => Under.Reader;

    protected StoreUnderTest Under => _under ?? throw new InvalidOperationException("The test has not begun.");

    public async ValueTask InitializeAsync() => _under = await factory.OpenAsync(Time);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_under is not null) await _under.Store.DisposeAsync();
        await factory.DisposeAsync();
    }

    protected async Task DisturbAsync(Random random) => _under = await factory.DisturbAsync(Under, random);

    protected PendingBatch Batch(string tenant, params IEnumerable<AuditEvent> events) => PendingBatches.Of(tenant, Time.GetUtcNow(), events);

    protected async Task<IReadOnlyList<Receipt>> AppendAsync(string tenant, PendingBatch batch) => Value(await Store.AppendAsync(tenant, batch, Cancellation));

    protected Task<IReadOnlyList<Receipt>> AppendAsync(params IEnumerable<AuditEvent> events) => AppendToAsync(Tenant, events);

    protected Task<IReadOnlyList<Receipt>> AppendToAsync(string tenant, params IEnumerable<AuditEvent> events) => AppendAsync(tenant, Batch(tenant, events));

    protected Task<IReadOnlyList<Receipt>> AppendManyAsync(int count, Func<int, AuditEvent>? make = null) =>
        AppendAsync(Enumerable.Range(0, count).Select(make ?? (index => Event($"e{index}"))));

    protected async Task<EventPage> ListAsync(EventQuery query, AccessScope? scope = null) => Value(await Reader.ListAsync(scope ?? Whole, query, Cancellation));

    /// <summary>Sequences of everything that matches, oldest first.</summary>
    protected async Task<IReadOnlyList<long>> SequencesAsync(EventFilter filter, AccessScope? scope = null) =>
        [.. (await ListAsync(new() { Filter = filter, Descending = false, Limit = 10_000 }, scope)).Entries.Select(entry => entry.Sequence)];

    protected Task<IReadOnlyList<long>> SequencesAsync(params IReadOnlyList<FieldCondition> conditions) => SequencesAsync(new EventFilter { Conditions = conditions });

    /// <summary>Everything that is streamed, as copies.</summary>
    protected async Task<List<StoredEntry>> ReadAllAsync(EventFilter filter, EventOrder order, bool descending, AccessScope? scope = null)
    {
        var read = new List<StoredEntry>();
        await foreach (var batch in Reader.ReadAsync(scope ?? Whole, filter, order, descending, Cancellation))
        {
            Assert.NotEmpty(batch);
            read.AddRange(batch.Select(entry => entry with { Bytes = entry.Bytes.ToArray() }));
        }
        return read;
    }

    protected static AuditEvent Event(string id, string action = "create") => new() { Id = id, Action = action };

    protected static AuditEvent At(string id, int second) => Event(id) with { Time = Second(second) };

    /// <summary>A moment some seconds into a day of the tests.</summary>
    protected static Timestamp Second(int second) => Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 2, 10, 0, 0, 0, TimeSpan.Zero).AddSeconds(second));

    protected static string IdOf(StoredEntry entry) => EventJson.Read(entry.Bytes.Span).Id!;

    protected static string TextOf(StoredEntry entry) => Encoding.UTF8.GetString(entry.Bytes.Span);

    protected static T Value<T>(Result<T> result) => result.IsOk ? result.Value : throw new InvalidOperationException($"{result.Problem.Kind}: {result.Problem.Detail}");
}
