using Domesday.Core.Control;

namespace Domesday.Ui.Administration.Tenants;

/// <param name="Tenants">With how many events each ledger has ever had.</param>
/// <param name="MayChange">The reader runs the service.</param>
public sealed record TenantsModel(IReadOnlyList<(TenantRecord Record, long Size)> Tenants, bool MayChange);
