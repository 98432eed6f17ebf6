using Domesday.Events.Json;
using Domesday.Storage.Postgres.Blocks;
using Domesday.Storage.Postgres.Chunks;
using Domesday.Storage.Postgres.Columns;

namespace Domesday.Storage.Postgres.Commit;

/// <summary>What a thread uses again for each turn, which is computed from begin to end without waiting.</summary>
internal sealed class TurnScratch
{
    [ThreadStatic]
    private static TurnScratch? _own;

    private TurnScratch()
    {
    }

    /// <summary>Of this thread; whoever takes it begins with it anew.</summary>
    public static TurnScratch Own => _own ??= new();

    public ChunkBuilder Chunks { get; } = new();

    public BlockBuilder Block { get; } = new();

    public EventRow Row { get; } = new();

    public ByteBuffer Entry { get; } = new();
}
