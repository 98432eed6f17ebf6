using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Merkle;

namespace Domesday.Client;

/// <summary>An event as a ledger keeps it.</summary>
/// <param name="bytes">Canonical JSON.</param>
public sealed class StoredEvent(ReadOnlyMemory<byte> bytes)
{
    private AuditEvent? _event;

    /// <summary>The very bytes that were hashed.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <exception cref="System.Text.Json.JsonException">The service is newer than this client, and its events have members that are not known here.</exception>
    public AuditEvent Event => _event ??= EventJson.Read(bytes.Span);

    public MerkleHash LeafHash => MerkleHash.OfLeaf(bytes.Span);
}
