using System.Diagnostics.Metrics;

namespace Domesday.Ingest.Syslog;

/// <summary>What listeners saw, by transport: udp, tcp or tls. What became of the messages is counted with all other events.</summary>
internal sealed class SyslogMetrics
{
    private readonly Counter<long> _received, _lost, _connections, _refused;

    public SyslogMetrics(Meter meter)
    {
        _received = meter.CreateCounter<long>("domesday_syslog_messages_received_total", "{message}", "Syslog messages that came in.");
        _lost = meter.CreateCounter<long>("domesday_syslog_messages_lost_total", "{message}", "Syslog messages that found no room, or were still waiting at the end.");
        _connections = meter.CreateCounter<long>("domesday_syslog_connections_total", "{connection}", "Syslog connections that were accepted.");
        _refused = meter.CreateCounter<long>("domesday_syslog_connections_refused_total", "{connection}", "Syslog connections that were refused: too many, or TLS did not come about.");
    }

    public void Received(string transport) => _received.Add(1, Of(transport));

    public void Lost(string transport, int count) => _lost.Add(count, Of(transport));

    public void Connected(string transport) => _connections.Add(1, Of(transport));

    public void Refused(string transport) => _refused.Add(1, Of(transport));

    private static KeyValuePair<string, object?> Of(string transport) => new("transport", transport);
}
