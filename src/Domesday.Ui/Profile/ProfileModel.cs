using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Query;

namespace Domesday.Ui.Profile;

/// <summary>Oneself.</summary>
public sealed record ProfileModel(Principal Principal)
{
    public UserRecord? User { get; init; }

    /// <summary>Keys that one made.</summary>
    public IReadOnlyList<ApiKeyRecord> Keys { get; init; } = [];

    /// <summary>What one did lately, newest first; null for who may not list events.</summary>
    public IReadOnlyList<StoredEntry>? Activity { get; init; }

    public bool MayRevoke { get; init; }
}
