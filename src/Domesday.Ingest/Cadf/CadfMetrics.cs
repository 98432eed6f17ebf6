using System.Diagnostics.Metrics;

namespace Domesday.Ingest.Cadf;

/// <summary>What the consumer saw. What became of the messages is counted with all other events.</summary>
internal sealed class CadfMetrics
{
    private readonly Counter<long> _received, _acknowledged, _connections;

    public CadfMetrics(Meter meter)
    {
        _received = meter.CreateCounter<long>("domesday_cadf_messages_received_total", "{message}", "Messages that RabbitMQ delivered, repetitions included.");
        _acknowledged = meter.CreateCounter<long>("domesday_cadf_messages_acknowledged_total", "{message}", "Messages that are on disk and were acknowledged to RabbitMQ.");
        _connections = meter.CreateCounter<long>("domesday_cadf_connections_total", "{connection}", "Connections to RabbitMQ that came about.");
    }

    public void Received() => _received.Add(1);

    public void Acknowledged(int count) => _acknowledged.Add(count);

    public void Connected() => _connections.Add(1);
}
