using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.TestKit;

namespace Domesday.Core.Tests.Append;

/// <summary>A pipeline over the model store.</summary>
internal sealed class PipelineUnderTest : IDisposable
{
    public const string Tenant = "acme";

    private readonly Meter _meter = new("test");

    public PipelineUnderTest(EventLimits? limits = null) => Pipeline = new(Store, limits ?? EventLimits.Default, TimeProvider.System, new AppendMetrics(_meter));

    public MemoryStore Store { get; } = new(TimeProvider.System);

    public AppendPipeline Pipeline { get; }

    public static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public ValueTask<Problems.Result<AppendResult>> AppendAsync(BadEvents badEvents, params IReadOnlyList<string> events) =>
        Pipeline.AppendAsync(new(Tenant, "test", [.. events.Select(Utf8)]) { BadEvents = badEvents }, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<AuditEvent>> EventsAsync(string tenant = Tenant)
    {
        var page = await Store.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Descending = false, Limit = 10_000 }, TestContext.Current.CancellationToken);
        return [.. page.Value.Entries.Select(entry => EventJson.Read(entry.Bytes.Span))];
    }

    public void Dispose() => _meter.Dispose();
}
