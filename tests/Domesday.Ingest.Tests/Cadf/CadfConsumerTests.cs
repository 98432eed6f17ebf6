using System.Diagnostics.Metrics;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Ingest.Cadf;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace Domesday.Ingest.Tests.Cadf;

/// <summary>What services publish to a real RabbitMQ is stored once, whatever breaks in between.</summary>
public sealed class CadfConsumerTests(RabbitBroker broker) : IClassFixture<RabbitBroker>, IAsyncDisposable
{
    private const string Tenant = "acme";

    private readonly Meter _meter = new("test");
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly string _queue = $"domesday-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _meter.Dispose();
        return _store.DisposeAsync();
    }

    private CadfConsumer Consumer(IEventStore? through = null) => new(
        new(broker.Address) { Tenant = Tenant, Queue = _queue, Exchanges = ["keystone", "nova"], Region = "R1" },
        new(through ?? _store, EventLimits.Default, TimeProvider.System, new AppendMetrics(_meter)), _meter, TimeProvider.System, NullLogger<CadfConsumer>.Instance);

    private async Task<IReadOnlyList<AuditEvent>> EventsAsync(int count, string tenant = Tenant)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (_store.Size(tenant) is var size && size < count) await _store.WaitBeyondAsync(tenant, size, limit.Token);
        var page = await _store.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Descending = false, Limit = 1_000 }, limit.Token);
        return [.. page.Value.Entries.Select(entry => EventJson.Read(entry.Bytes.Span))];
    }

    private async Task PublishAsync(string exchange, params IEnumerable<string> bodies)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Address }.CreateConnectionAsync(Cancellation);
        await using var channel = await connection.CreateChannelAsync(new(true, true), Cancellation);
        // As oslo.messaging declares it.
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: false, autoDelete: false, cancellationToken: Cancellation);
        foreach (var body in bodies)
        {
            await channel.BasicPublishAsync(exchange, "notifications.info", mandatory: false, new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent }, Encoding.UTF8.GetBytes(body), Cancellation);
        }
    }

    /// <summary>Waits until our queue is bound, which the consumer does before all else.</summary>
    private async Task BoundAsync()
    {
        while (await WaitingAsync() is null) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
    }

    /// <summary>Messages in our queue that nobody was given; null while there is no such queue.</summary>
    private async Task<uint?> WaitingAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Address }.CreateConnectionAsync(Cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancellation);
        try
        {
            var there = await channel.QueueDeclarePassiveAsync(_queue, Cancellation);
            return there.ConsumerCount > 0 || there.MessageCount > 0 ? there.MessageCount : null;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return null;
        }
    }

    [Fact]
    public async Task Notifications_of_several_services_are_stored_and_halves_of_an_act_become_one()
    {
        Assert.SkipUnless(RabbitBroker.IsInstalled, "Needs the Debian package rabbitmq-server.");
        using var consumer = Consumer();
        await consumer.StartAsync(Cancellation);
        await BoundAsync();
        await PublishAsync("keystone", CadfFixture.Envelopes);
        await PublishAsync("nova", Encoding.UTF8.GetString(CadfFixture.Bytes("audit.http.request.create.pending.json")), "garbage", Encoding.UTF8.GetString(CadfFixture.Bytes("audit.http.response.create.success.json")));
        var stored = await EventsAsync(CadfFixture.Envelopes.Count + 1);
        await EventsAsync(1, TenantName.QuarantineOf(Tenant));
        await consumer.StopAsync(Cancellation);
        Assert.Equal(CadfFixture.Envelopes.Count + 1, stored.Count);
        var act = Assert.Single(stored, one => one.Id == "4408a2ec-1f12-5f9f-9da8-e8a753050cd6");
        Assert.Equal((OutcomeResult.Success, "alice", "R1"), (act.Outcome!.Result, act.Actor!.Name, act.Scope!.Region));
        Assert.Equal("pending", act.Raw!.Value.GetProperty("request").GetProperty("payload").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_it_is_on_disk()
    {
        Assert.SkipUnless(RabbitBroker.IsInstalled, "Needs the Debian package rabbitmq-server.");
        var between = new StoreInBetween(_store) { Gate = new(TaskCreationOptions.RunContinuationsAsynchronously) };
        using (var consumer = Consumer(between))
        {
            await consumer.StartAsync(Cancellation);
            await BoundAsync();
            await PublishAsync("keystone", CadfFixture.Envelopes);
            await between.Arrived;
            // As a crash while storing: the connection goes, and what was not acknowledged is in the queue again.
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await consumer.StopAsync(now.Token);
            between.Gate!.TrySetCanceled(Cancellation);
        }
        Assert.Equal(0, _store.Size(Tenant));
        using var second = Consumer();
        await second.StartAsync(Cancellation);
        Assert.Equal(CadfFixture.Envelopes.Count, (await EventsAsync(CadfFixture.Envelopes.Count)).Select(one => one.Id).Distinct().Count());
        await second.StopAsync(Cancellation);
    }

    [Fact]
    public async Task After_the_broker_was_killed_the_consumer_is_back_by_itself()
    {
        Assert.SkipUnless(RabbitBroker.IsInstalled, "Needs the Debian package rabbitmq-server.");
        using var consumer = Consumer();
        await consumer.StartAsync(Cancellation);
        await BoundAsync();
        await PublishAsync("keystone", CadfFixture.Envelopes[0]);
        await EventsAsync(1);
        await broker.KillAsync();
        await broker.StartAsync();
        // The services' exchanges are not durable: the consumer makes them again before it is bound.
        while (_store.Size(Tenant) < 2)
        {
            await PublishAsync("keystone", CadfFixture.Envelopes[1]);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation);
        }
        await consumer.StopAsync(Cancellation);
        Assert.Equal(2, _store.Size(Tenant));
    }

    [Fact]
    public async Task The_audit_filter_itself_tells_of_each_request_and_each_is_one_act()
    {
        Assert.SkipUnless(RabbitBroker.IsInstalled, "Needs the Debian package rabbitmq-server.");
        var python = OutsideProgram.Need("python3", "/usr/bin/python3");
        OutsideProgram.Need("python3-keystonemiddleware", "/usr/lib/python3/dist-packages/keystonemiddleware/audit/__init__.py");
        using var consumer = Consumer();
        await consumer.StartAsync(Cancellation);
        await BoundAsync();
        var folder = Path.Combine(AppContext.BaseDirectory, "Cadf", "exporters");
        var (status, said) = await OutsideProgram.RunAsync(python, folder, "audited.py", broker.Address.ToString().Replace("amqp:", "rabbit:", StringComparison.Ordinal), "compute_audit_map.conf");
        Assert.True(status == 0, said);
        Assert.Contains("POST /v2.1/servers 202", said, StringComparison.Ordinal);
        var acts = await EventsAsync(2);
        await consumer.StopAsync(Cancellation);
        Assert.Equal([("create", OutcomeResult.Success, 202), ("delete", OutcomeResult.Failure, 404)], acts.Select(one => (one.Action, one.Outcome!.Result, one.Outcome.Status!.Value)));
        Assert.All(acts, one => Assert.Equal(("alice", "192.0.2.9", "p-1"), (one.Actor!.Name, one.Source!.Ip, one.Scope!.Project!.Id)));
        Assert.All(acts, one => Assert.DoesNotContain("secrettoken", Encoding.UTF8.GetString(EventJson.Write(one)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_real_Keystone_tells_who_signed_in_who_could_not_and_what_was_made()
    {
        Assert.SkipUnless(RabbitBroker.IsInstalled && KeystoneService.IsInstalled, "Needs the Debian packages rabbitmq-server and keystone.");
        using var consumer = Consumer();
        await consumer.StartAsync(Cancellation);
        await BoundAsync();
        await using var keystone = await KeystoneService.StartAsync(broker.Address, Cancellation);
        Assert.Null(await keystone.SignInAsync("nobody", KeystoneService.Password, Cancellation));
        Assert.Null(await keystone.SignInAsync("admin", "wrong", Cancellation));
        var token = await keystone.SignInAsync("admin", KeystoneService.Password, Cancellation);
        var project = await keystone.MakeProjectAsync(token!, "shop", Cancellation);
        var stored = await EventsAsync(0);
        while (!stored.Any(one => one.Resource?.Id == project)) stored = await EventsAsync(stored.Count + 1);
        await consumer.StopAsync(Cancellation);
        var failures = stored.Where(one => one is { Action: "login", Outcome.Result: OutcomeResult.Failure }).ToList();
        Assert.Equal(2, failures.Count);
        Assert.Contains(failures, one => one.Actor?.Name == "nobody" && one.Outcome!.Reason!.Contains("Could not find user", StringComparison.Ordinal));
        Assert.Contains(failures, one => one.Actor?.Name == "admin" && one.Outcome!.Reason?.Contains("Could not find user", StringComparison.Ordinal) != true);
        var made = Assert.Single(stored, one => one.Resource?.Id == project);
        Assert.Equal(("create", "identity.project.created", "identity", "project", "admin"), (made.Action, made.Operation, made.Service, made.Resource!.Type, made.Actor!.Name));
        Assert.Contains(stored, one => one is { Operation: "identity.region.created", Resource.Id: "R1" });
        Assert.Equal(0, _store.Size(TenantName.QuarantineOf(Tenant)));
    }
}
