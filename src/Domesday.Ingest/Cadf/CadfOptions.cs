namespace Domesday.Ingest.Cadf;

/// <summary>From which RabbitMQ OpenStack's notifications are taken.</summary>
/// <param name="Address">Such as <c>amqp://user:password@host:5672/vhost</c>, or amqps; a secret.</param>
public sealed record CadfOptions(Uri Address)
{
    /// <summary>Of services: each has one that bears its name, unless its <c>control_exchange</c> says otherwise.</summary>
    public IReadOnlyList<string> Exchanges { get; init; } = ["keystone", "nova", "neutron", "cinder", "openstack"];

    /// <summary>Our own queue, which is durable: several services share what comes, when they share its name.</summary>
    public string Queue { get; init; } = "domesday";

    /// <summary>The topic on which the services publish; what follows it after a point is the priority.</summary>
    public string Topic { get; init; } = "notifications";

    /// <summary>Whose ledger gets it.</summary>
    public required string Tenant { get; init; }

    /// <summary>Of events that name none.</summary>
    public string? Region { get; init; }

    /// <summary>Whether anything may be written to a tenant now.</summary>
    public Func<string, bool> IsActive { get; init; } = _ => true;
}
