using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Ui.Administration.Applications;

public sealed record ApplicationsModel(IReadOnlyList<ApplicationLine> Applications, IReadOnlyList<string> Roles, bool MayChange);

/// <param name="LastUse">Null when it was never used.</param>
public sealed record ApplicationLine(ApplicationRecord Record, IReadOnlyList<GrantRecord> Grants, Timestamp? LastUse);

public sealed record OneApplicationModel(ApplicationLine Application, IReadOnlyList<string> Roles, bool MayChange);
