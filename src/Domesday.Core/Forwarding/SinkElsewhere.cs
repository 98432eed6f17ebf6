using System.Text.Json;
using Domesday.Core.Nodes;
using Domesday.Core.Problems;

namespace Domesday.Core.Forwarding;

/// <summary>Sinks that another node runs: how they stand, by what it keeps of them, and what people ask of them here, which it takes from the other files.</summary>
/// <param name="files">Where the node that forwards keeps cursors and rejected events.</param>
/// <param name="asked">Where any node leaves what the one that forwards is to do.</param>
internal sealed class SinkElsewhere(IKeptFiles files, IKeptFiles asked)
{
    private const string Replayed = ".replay";
    private const string Discarded = ".discard";
    private const string Forgotten = ".forget";

    public SinkStanding Standing(SinkDefinition sink, bool isActive, long size)
    {
        var own = new SinkFiles(files, sink.Id);
        var (cursor, rejected) = (own.Load() ?? new() { Next = sink.StartSequence ?? size }, own.LoadRejected().Count);
        var state = !isActive || sink.IsPaused ? SinkStates.Paused
            : rejected >= SinkProgress.RejectedMax ? SinkStates.Held
            : cursor.LastErrorAt is { } failed && !(cursor.LastAcceptedAt >= failed) ? SinkStates.Retrying : SinkStates.Running;
        return new(sink, state, null, cursor, rejected, Math.Max(0, size - cursor.Next), null, null);
    }

    public IReadOnlyList<DeadLetter> Rejected(string id, int max) => [.. new SinkFiles(files, id).LoadRejected().Values.Take(max)];

    /// <returns><see cref="ProblemKind.Conflict"/> when a replay runs or was asked for.</returns>
    public Problem? Replay(string id, SinkReplay replay)
    {
        if (new SinkFiles(files, id).Load()?.Replay is not null || asked.Read(id + Replayed) is not null) return SinkProgress.ReplaysAlready;
        asked.Replace(id + Replayed, JsonSerializer.SerializeToUtf8Bytes(replay, ForwardingJson.Default.SinkReplay));
        return null;
    }

    public int Discard(string id)
    {
        var count = new SinkFiles(files, id).LoadRejected().Count;
        if (count > 0) asked.Replace(id + Discarded, []);
        return count;
    }

    /// <summary>Forgets that some events were rejected. Each time has a name of its own: what was asked for before may not be done yet.</summary>
    public void Forget(string id, IReadOnlyList<long> sequences)
    {
        var kept = new SinkFiles(files, id).LoadRejected();
        var wanted = sequences.Where(kept.ContainsKey).ToArray();
        if (wanted.Length > 0) asked.Replace($"{id}.{Guid.CreateVersion7():N}{Forgotten}", JsonSerializer.SerializeToUtf8Bytes(wanted, ForwardingJson.Default.Int64Array));
    }

    /// <summary>Does what was asked for on other nodes.</summary>
    /// <param name="progressOf">Null for a sink that is not there any more.</param>
    public void Take(Func<string, SinkProgress?> progressOf)
    {
        foreach (var name in asked.Names)
        {
            var isForgotten = name.EndsWith(Forgotten, StringComparison.Ordinal);
            var id = Path.GetFileNameWithoutExtension(name);
            var progress = progressOf(isForgotten ? Path.GetFileNameWithoutExtension(id) : id);
            if (name.EndsWith(Discarded, StringComparison.Ordinal)) progress?.Discard();
            else if (isForgotten) progress?.Forget(asked.Read(name) is { } list ? JsonSerializer.Deserialize(list, ForwardingJson.Default.Int64Array)! : []);
            else if (asked.Read(name) is { } content) progress?.TryReplay(JsonSerializer.Deserialize(content, ForwardingJson.Default.SinkReplay)!);
            asked.Delete(name);
        }
    }
}
