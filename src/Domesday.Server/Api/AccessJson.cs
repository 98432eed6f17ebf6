using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Events;

namespace Domesday.Server.Api;

/// <summary>A user as the API shows it, without its password.</summary>
/// <param name="Status">active, disabled or expired.</param>
internal sealed record UserBody(
    string Id, string Name, string? FullName, string? Email, string Tenant, string Status, bool SystemAdministrator, Timestamp CreatedAt, Timestamp? ExpiresAt, Timestamp? DisabledAt, IReadOnlyList<GrantBody> Grants)
{
    /// <summary>The password that was made up: only in the answer to its creation.</summary>
    public string? Password { get; init; }

    public static UserBody From(UserRecord user, ControlIndex index, Timestamp now) => new(
        user.Id, user.Name, user.FullName, user.Email, user.Tenant, AccountStatus.Of(user.DisabledAt, user.ExpiresAt, now), index.AccountOf(user, now).Principal.IsSystemAdministrator,
        user.CreatedAt, user.ExpiresAt, user.DisabledAt, [.. index.GrantsOf(PrincipalKinds.User, user.Id).Select(GrantBody.From)]);
}

internal sealed record UserListBody(IReadOnlyList<UserBody> Users);

/// <summary>An application as the API shows it, without its secret.</summary>
/// <param name="LastUsedAt">When its client id and secret were last used; exact while the service runs, after a crash it may be an hour old.</param>
internal sealed record ApplicationBody(
    string ClientId, string Name, string Tenant, string Status, Timestamp CreatedAt, string CreatedBy, Timestamp? ExpiresAt, Timestamp? DisabledAt, Timestamp? LastUsedAt, IReadOnlyList<GrantBody> Grants)
{
    /// <summary>Only in the answer to its creation, and to its replacement.</summary>
    public string? ClientSecret { get; init; }

    public static ApplicationBody From(ApplicationRecord application, ControlIndex index, Timestamp? lastUsed, Timestamp now) => new(
        application.Id, application.Name, application.Tenant, AccountStatus.Of(application.DisabledAt, application.ExpiresAt, now), application.CreatedAt, application.CreatedBy,
        application.ExpiresAt, application.DisabledAt, lastUsed, [.. index.GrantsOf(PrincipalKinds.Application, application.Id).Select(GrantBody.From)]);
}

internal sealed record ApplicationListBody(IReadOnlyList<ApplicationBody> Applications);

/// <param name="Kind">user or application.</param>
/// <param name="Principal">Id of whoever has the role.</param>
internal sealed record GrantBody(string Id, string Kind, string Principal, string Role, IReadOnlyList<string>? Projects, Timestamp CreatedAt, string CreatedBy, Timestamp? ExpiresAt)
{
    public static GrantBody From(GrantRecord grant) => new(grant.Id, grant.Kind, grant.Principal, grant.Role, grant.Projects, grant.CreatedAt, grant.CreatedBy, grant.ExpiresAt);
}

internal sealed record GrantListBody(IReadOnlyList<GrantBody> Grants);

internal sealed record RoleBody(string Name, string? Title, bool BuiltIn, IReadOnlyList<string> Permissions)
{
    public static RoleBody From(RoleRecord role) => new(role.Name, role.Title, false, role.Permissions);

    public static RoleBody From(BuiltInRole role) => new(role.Name, role.Meaning, true, PermissionNames.Of(role.Permissions));
}

internal sealed record RoleListBody(IReadOnlyList<RoleBody> Roles);

/// <summary>Who the caller is, and what it may do.</summary>
internal sealed record MeBody(string Id, string Kind, string Name, string Tenant, bool SystemAdministrator, IReadOnlyList<AllowedBody> Allowed, string? Session, Timestamp? SessionExpiresAt)
{
    public static MeBody From(Principal principal) => new(
        principal.Id, principal.Kind, principal.Name, principal.Tenant, principal.IsSystemAdministrator,
        [.. principal.Grants.Where(grant => grant.Permissions != Permission.None).Select(grant => new AllowedBody(PermissionNames.Of(grant.Permissions), grant.Projects))],
        principal.Session?.Id, principal.Session is { } session ? Timestamp.FromDateTimeOffset(session.ExpiresAt) : null);
}

/// <param name="Projects">Absent for the whole tenant.</param>
internal sealed record AllowedBody(IReadOnlyList<string> Permissions, IReadOnlyList<string>? Projects);

internal static class AccountStatus
{
    public static string Of(Timestamp? disabledAt, Timestamp? expiresAt, Timestamp now) => disabledAt is not null ? "disabled" : expiresAt <= now ? "expired" : "active";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UserListBody))]
[JsonSerializable(typeof(ApplicationBody))]
[JsonSerializable(typeof(ApplicationListBody))]
[JsonSerializable(typeof(GrantBody))]
[JsonSerializable(typeof(GrantListBody))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(RoleListBody))]
[JsonSerializable(typeof(MeBody))]
internal sealed partial class AccessJson : JsonSerializerContext;
