using System.Globalization;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.TestKit;

namespace Domesday.Storage.Conformance;

/// <summary>Random events into the store and into the model, random questions to both: every answer must be the same.</summary>
/// <remarks>A failure names its seed; the same seed repeats it.</remarks>
public abstract class DifferentialConformance(IStoreFactory factory) : StoreConformance(factory)
{
    private static readonly string[] Tenants = ["acme", "rival", "tiny"];

    /// <summary>The seeds that are tried; an engine may try more.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_answer_equals_the_models(int seed)
    {
        var random = new Random(seed);
        await using var model = new MemoryStore(Time);
        var events = new EventGenerator(seed);
        var answered = 0;
        for (var round = 0; round < 6; round++)
        {
            await AppendToBothAsync(model, events, random);
            await EraseFromBothAsync(model, random);
            var entries = await EverythingAsync(model);
            var questions = new QuestionGenerator(random, entries);
            for (var question = 0; question < 25; question++) answered += await CompareAsync(model, questions, random, $"seed {seed}, round {round}, question {question}") ? 1 : 0;
            await DisturbAsync(random);
            await CompareEntriesAsync(model, entries);
        }
        Assert.True(answered > 20, $"only {answered} questions of seed {seed} found anything");
    }

    private async Task AppendToBothAsync(MemoryStore model, EventGenerator events, Random random)
    {
        for (var batches = 0; batches < 8; batches++)
        {
            var tenant = Tenants[Math.Min(2, random.Next(4))];
            var count = tenant == "tiny" ? 1 : 1 + random.Next(25);
            var batch = PendingBatches.Of(tenant, Time.GetUtcNow(), events.Next(count));
            var expected = Value(await model.AppendAsync(tenant, batch, Cancellation));
            Assert.Equal(expected, await AppendAsync(tenant, batch));
            Time.Advance(TimeSpan.FromMilliseconds(random.Next(5_000)));
        }
    }

    private async Task EraseFromBothAsync(MemoryStore model, Random random)
    {
        foreach (var tenant in Tenants.Where(tenant => model.Size(tenant) > 0 && random.Next(3) == 0))
        {
            var share = random.Next(6) == 0 ? 0.9 : random.NextDouble() * 0.2;
            long[] chosen = [.. Enumerable.Range(0, (int)model.Size(tenant)).Where(_ => random.NextDouble() < share).Select(sequence => (long)sequence)];
            var erased = await Store.EraseAsync(tenant, chosen, Cancellation);
            Assert.Equal(Value(await model.EraseAsync(tenant, chosen, Cancellation)), Value(erased));
            Assert.Equal(model.Erasures(tenant).Events, Store.Erasures(tenant).Events);
        }
    }

    private static async Task<List<StoredEntry>> EverythingAsync(MemoryStore model) =>
        [.. Value(await model.ListAsync(AccessScope.AllTenants(), new() { Order = EventOrder.Time, Limit = 10_000 }, Cancellation)).Entries];

    private async Task CompareEntriesAsync(MemoryStore model, List<StoredEntry> entries)
    {
        foreach (var tenant in Tenants) Assert.Equal(model.Size(tenant), Store.Size(tenant));
        foreach (var entry in entries)
        {
            var scope = AccessScope.WholeTenant(entry.Tenant);
            Assert.Equal(TextOf(entry), TextOf(Value(await Reader.GetAsync(scope, entry.Sequence, Cancellation))));
            Assert.Equal(entry.Sequence, Value(await Reader.FindAsync(scope, IdOf(entry), Cancellation)).Sequence);
        }
    }

    /// <returns>Whether anything matched.</returns>
    private async Task<bool> CompareAsync(MemoryStore model, QuestionGenerator questions, Random random, string where)
    {
        var scope = questions.Scope(Tenants);
        var query = questions.Query(scope);
        where = $"{where}: {Describe(scope, query)}";
        Same(where, Lines(Value(await model.ListAsync(scope, query, Cancellation))), Lines(Value(await Reader.ListAsync(scope, query, Cancellation))));
        await CompareNextPageAsync(model, scope, query, where);
        var count = Value(await model.CountAsync(scope, query.Filter, Cancellation));
        Assert.True(count == Value(await Reader.CountAsync(scope, query.Filter, Cancellation)), $"{where}: the counts differ");
        var (fields, valuesMax) = (questions.FacetFields(), random.Next(3) switch { 0 => 1, 1 => 3, _ => 1_000 });
        Same($"{where}, facets", Lines(Value(await model.FacetsAsync(scope, query.Filter, fields, valuesMax, Cancellation))), Lines(Value(await Reader.FacetsAsync(scope, query.Filter, fields, valuesMax, Cancellation))));
        HistogramInterval? interval = random.Next(4) is var choice && choice < 3 ? (HistogramInterval)choice : null;
        Same($"{where}, histogram", Lines(Value(await model.HistogramAsync(scope, query.Filter, interval, Cancellation))), Lines(Value(await Reader.HistogramAsync(scope, query.Filter, interval, Cancellation))));
        Same($"{where}, stream", await StreamedAsync(model, scope, query), await StreamedAsync(Reader, scope, query));
        if (scope.Tenant is not null) Same($"{where}, fields", await FieldsAsync(model, scope, query.Filter, fields), await FieldsAsync(Reader, scope, query.Filter, fields));
        return count > 0;
    }

    private static async Task<List<string>> FieldsAsync(Core.Storage.IEventReader reader, AccessScope scope, EventFilter filter, IReadOnlyList<EventField> fields)
    {
        IReadOnlyList<EventField> asked = [.. fields, EventField.Time, EventField.ReceivedAt, EventField.Sequence];
        var lines = new List<string>();
        await foreach (var rows in reader.ReadFieldsAsync(scope, filter, asked, Cancellation))
        {
            Assert.True(rows.Count > 0);
            for (var row = 0; row < rows.Count; row++) lines.Add(string.Join(' ', asked.Select((field, place) => $"{field}={Encoding.UTF8.GetString(rows.Value(row, place))}")));
        }
        return lines;
    }

    private async Task CompareNextPageAsync(MemoryStore model, AccessScope scope, EventQuery query, string where)
    {
        var first = Value(await model.ListAsync(scope, query, Cancellation));
        if (first.Next is null) return;
        var next = query with { After = first.Next, Offset = 0 };
        Same($"{where}, next page", Lines(Value(await model.ListAsync(scope, next, Cancellation))), Lines(Value(await Reader.ListAsync(scope, next, Cancellation))));
    }

    private static async Task<List<string>> StreamedAsync(Core.Storage.IEventReader reader, AccessScope scope, EventQuery query)
    {
        var lines = new List<string>();
        await foreach (var batch in reader.ReadAsync(scope, query.Filter, query.Order, query.Descending, Cancellation)) lines.AddRange(batch.Select(Line));
        return lines;
    }

    private static void Same(string where, List<string> expected, List<string> actual)
    {
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            var (left, right) = (expected.ElementAtOrDefault(i) ?? "nothing", actual.ElementAtOrDefault(i) ?? "nothing");
            Assert.True(left == right, $"{where}: line {i} of {expected.Count} and {actual.Count} differs\n model: {left}\n store: {right}");
        }
    }

    private static List<string> Lines(EventPage page) => [$"total {page.Total}, next {page.Next}", .. page.Entries.Select(Line)];

    private static List<string> Lines(Facets facets) =>
        [.. facets.Fields.SelectMany(facet => facet.Values.Select(value => $"{facet.Field}={value.Value}: {value.Count}").Prepend($"{facet.Field} has {facet.Distinct}"))];

    private static List<string> Lines(Histogram histogram) =>
        [$"by {histogram.Interval}", .. histogram.Buckets.Select(bucket => string.Create(CultureInfo.InvariantCulture, $"{bucket.From}: {bucket.Count}, {bucket.Failures} failed"))];

    private static string Line(StoredEntry entry) => $"{entry.Tenant}/{entry.Sequence} {TextOf(entry)}";

    private static string Describe(AccessScope scope, EventQuery query)
    {
        var filter = query.Filter;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{scope.Tenant ?? "*"} [{(scope.Projects is { } projects ? string.Join(' ', projects) : "all")}] by {query.Order}{(query.Descending ? " desc" : "")}");
        text.Append(CultureInfo.InvariantCulture, $" limit {query.Limit} offset {query.Offset}, time {filter.From}..{filter.To}, sequence {filter.FromSequence}..{filter.ToSequence}");
        foreach (var condition in filter.Conditions)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {(condition.Not ? "not " : "")}{EventSchema.Of(condition.Field).Path} {condition.Match}{(condition.IgnoreCase ? " (any case)" : "")} «{string.Join("» «", condition.Values)}»");
        }
        return text.Append(CultureInfo.InvariantCulture, $"; search {filter.Search}").ToString();
    }
}
