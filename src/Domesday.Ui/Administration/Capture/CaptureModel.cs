using Domesday.Core.Control;

namespace Domesday.Ui.Administration.Capture;

public sealed record CaptureModel(VersionedPolicy Policy, bool MayChange);
