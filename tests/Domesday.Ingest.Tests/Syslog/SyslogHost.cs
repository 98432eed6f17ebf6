using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Domesday.Core.Access;
using Domesday.Core.Append;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Ingest.Syslog;
using Domesday.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Ingest.Tests.Syslog;

/// <summary>Syslog listeners on free ports over the model store.</summary>
internal sealed class SyslogHost : IAsyncDisposable
{
    public const string Tenant = "acme";

    private readonly SyslogListeners _listeners;
    private readonly Meter _meter = new("test");
    private readonly MeterListener _numbers = new();
    private readonly Dictionary<string, long> _counts = [];

    private SyslogHost(Func<IEventStore, IEventStore>? through, TimeSpan? idleTimeout)
    {
        Certificate = Made();
        _numbers.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter) listener.EnableMeasurementEvents(instrument);
        };
        _numbers.SetMeasurementEventCallback<long>((instrument, number, _, _) =>
        {
            lock (_counts) _counts[instrument.Name] = _counts.GetValueOrDefault(instrument.Name) + number;
        });
        _numbers.Start();
        var local = new SyslogAddress(new(IPAddress.Loopback, 0), Tenant);
        var options = new SyslogOptions { Udp = [local], Tcp = [local], Tls = [local], Authentication = Authentication(), IdleTimeout = idleTimeout };
        var pipeline = new AppendPipeline(through?.Invoke(Store) ?? Store, EventLimits.Default, TimeProvider.System, new AppendMetrics(_meter));
        _listeners = new(options, pipeline, _meter, TimeProvider.System, NullLogger<SyslogListeners>.Instance);
    }

    public MemoryStore Store { get; } = new(TimeProvider.System);

    public X509Certificate2 Certificate { get; }

    public IPEndPoint Udp => _listeners.EndPoints[0];

    public IPEndPoint Tcp => _listeners.EndPoints[1];

    public IPEndPoint Tls => _listeners.EndPoints[2];

    public static async Task<SyslogHost> StartAsync(Func<IEventStore, IEventStore>? through = null, TimeSpan? idleTimeout = null)
    {
        var host = new SyslogHost(through, idleTimeout);
        await host._listeners.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public long Count(string name)
    {
        lock (_counts) return _counts.GetValueOrDefault(name);
    }

    /// <summary>Waits until a ledger has as many events; the test's own time limit ends a vain wait.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsAsync(int count, string tenant = Tenant)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (Store.Size(tenant) is var size && size < count) await Store.WaitBeyondAsync(tenant, size, limit.Token);
        var page = await Store.ListAsync(AccessScope.WholeTenant(tenant), new EventQuery { Descending = false, Limit = 10_000 }, limit.Token);
        return [.. page.Value.Entries.Select(entry => EventJson.Read(entry.Bytes.Span))];
    }

    public Task<IReadOnlyList<AuditEvent>> QuarantineAsync(int count) => EventsAsync(count, TenantName.QuarantineOf(Tenant));

    public static async Task<NetworkStream> ConnectAsync(IPEndPoint address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return new(socket, ownsSocket: true);
    }

    public async ValueTask StopAsync() => await _listeners.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _listeners.Dispose();
        _numbers.Dispose();
        _meter.Dispose();
        Certificate.Dispose();
    }

    private SslServerAuthenticationOptions Authentication() => new()
    {
        ServerCertificate = Certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    };

    private static X509Certificate2 Made()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}
