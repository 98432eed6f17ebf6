using System.Collections.Concurrent;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Core.Storage;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Events.Schema;

namespace Domesday.Core.Credentials;

/// <summary>When each API key and each application was last used: known at once, written to the system ledger once an hour, so that a crash forgets an hour at most.</summary>
public sealed class KeyUses(TimeProvider time, ServiceEventQueue queue)
{
    private const string Operation = "access.keys_used";
    private const int KeysOfEvent = 500;
    private const int EventsReadBack = 10_000;

    private readonly ConcurrentDictionary<string, long> _lastUse = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _unwritten = new(StringComparer.Ordinal);

    /// <returns>Null when it was not used yet, as far as is known.</returns>
    public Timestamp? Of(string key) => _lastUse.TryGetValue(key, out var microseconds) ? new(microseconds) : null;

    /// <summary>Remembers that a key is used now.</summary>
    public void Touch(string key)
    {
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow()).Microseconds;
        // One write a second and key is precise enough, and spares busy keys a shared write with every request.
        if (_lastUse.TryGetValue(key, out var last) && now - last is >= 0 and < 1_000_000) return;
        _lastUse[key] = now;
        _unwritten.TryAdd(key, 0);
    }

    /// <summary>Hands what was used since the last call to the system ledger.</summary>
    public void Flush()
    {
        var used = _unwritten.Keys.Where(key => _unwritten.TryRemove(key, out _)).ToDictionary(key => key, key => new Timestamp(_lastUse[key]).ToString());
        foreach (var some in used.Chunk(KeysOfEvent))
        {
            queue.Add(TenantName.System, new()
            {
                Action = "update",
                Operation = Operation,
                Actor = ChangeAuthor.Service.Actor,
                Resource = new() { Type = "credential" },
                Outcome = new() { Result = OutcomeResult.Success },
                Change = new() { After = JsonSerializer.SerializeToElement(some.ToDictionary(), KeyUsesJson.Default.DictionaryStringString) },
            });
        }
    }

    /// <summary>Reads back what earlier runs wrote, newest first, until every key of the state is known or a year of hours was read.</summary>
    public async ValueTask ReadBackAsync(IEventReader reader, ControlState state, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(state);
        var unknown = state.Keys.Keys.Concat(state.Applications.Keys).ToHashSet(StringComparer.Ordinal);
        var left = EventsReadBack;
        var uses = new EventFilter { Conditions = [FieldCondition.Is(EventField.Operation, Operation), FieldCondition.Is(EventField.SourceKind, ServiceEventQueue.SourceKind)] };
        if (unknown.Count == 0) return;
        await foreach (var batch in reader.ReadAsync(AccessScope.WholeTenant(TenantName.System), uses, EventOrder.Sequence, descending: true, cancellation))
        {
            foreach (var entry in batch)
            {
                var used = EventJson.Read(entry.Bytes.Span).Change?.After?.Deserialize(KeyUsesJson.Default.DictionaryStringString);
                foreach (var (key, text) in used ?? [])
                {
                    if (unknown.Remove(key) && Timestamp.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out var at, out _)) _lastUse.TryAdd(key, at.Microseconds);
                }
                if (unknown.Count == 0 || --left == 0) return;
            }
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class KeyUsesJson : System.Text.Json.Serialization.JsonSerializerContext;
