using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Ui.Administration.Keys;

/// <param name="Keys">With when each was last used; null when never.</param>
public sealed record KeysModel(IReadOnlyList<(ApiKeyRecord Record, Timestamp? LastUse)> Keys, bool MayChange);
