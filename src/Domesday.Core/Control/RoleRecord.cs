using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>A role that a tenant made of permissions.</summary>
public sealed record RoleRecord : ControlRecord
{
    public required string Tenant { get; init; }

    /// <summary>Unique in its tenant, and none of <see cref="BuiltInRoles"/>.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public string? Title { get; init; }

    /// <summary>Names and groups of permissions; see <see cref="PermissionNames.TryParseGroup"/>.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    public required Timestamp CreatedAt { get; init; }

    public override string Key => KeyOf(Tenant, Name);

    public override string Label => Title ?? Name;

    public override string? Concerns => Tenant;

    public static string KeyOf(string tenant, string name) => $"{tenant}/{name}";
}
