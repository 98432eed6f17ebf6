using Domesday.Core.Problems;

namespace Domesday.Core.Nodes;

/// <summary>The only node of a service whose store is its own: everything is its work.</summary>
public sealed class SoleNode : IWorkLeases
{
    private SoleNode()
    {
    }

    public static SoleNode Instance { get; } = new();

    public bool IsSole => true;

    public bool Holds(string work) => true;

    public ValueTask<Result<IAsyncDisposable>> LockAsync(string name, CancellationToken cancellation) => ValueTask.FromResult<Result<IAsyncDisposable>>(new Open());

    private sealed class Open : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
