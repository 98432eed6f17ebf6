using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Events;

namespace Domesday.Ui.Administration.Keys;

/// <param name="Keys">With when each was last used; null when never.</param>
/// <param name="Viewers">Viewers' tokens that are valid still, the newest first.</param>
public sealed record KeysModel(IReadOnlyList<(ApiKeyRecord Record, Timestamp? LastUse)> Keys, IReadOnlyList<ViewerTokenInfo> Viewers, bool MayChange);
