using Domesday.Core.Problems;

namespace Domesday.Core.Nodes;

/// <summary>What several nodes of one service agree on: who does what must be done once at a time.</summary>
public interface IWorkLeases
{
    /// <summary>Whether this is the only node there can be, so that nothing has to be agreed on.</summary>
    bool IsSole { get; }

    /// <summary>Whether this node may do a kind of work now. Asking makes it a candidate: some node holds it within ten seconds after another one died.</summary>
    /// <param name="work">Such as <see cref="Work.Sealing"/>.</param>
    /// <remarks>Ask before each turn; a turn takes seconds at most. Cheap, and never waits.</remarks>
    bool Holds(string work);

    /// <summary>Waits until no other node is within the lock, and keeps them out until it is disposed.</summary>
    /// <returns><see cref="ProblemKind.Unavailable"/> when that takes too long.</returns>
    ValueTask<Result<IAsyncDisposable>> LockAsync(string name, CancellationToken cancellation);
}

/// <summary>The kinds of work that run once at a time.</summary>
public static class Work
{
    public const string Sealing = "sealing";

    public const string Retention = "retention";

    public const string Forwarding = "forwarding";

    public const string Alerts = "alerts";

    /// <summary>Replaces the keys that sign tokens.</summary>
    public const string TokenKeys = "token-keys";
}
