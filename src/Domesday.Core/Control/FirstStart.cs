using System.Security.Cryptography;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What must be there before anybody can sign in: the tenants <c>system</c> and <c>default</c>, and the user <c>admin</c>.</summary>
public static class FirstStart
{
    /// <summary>Id and name of the first user.</summary>
    public const string Administrator = "admin";

    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int PasswordLength = 24;

    /// <summary>Makes what is missing, and sets the administrator's password to the given one when it differs.</summary>
    /// <param name="password">From the settings; null when they have none.</param>
    /// <param name="retention">How long events of the tenant <c>default</c> are kept, when it is made.</param>
    /// <returns>The password that was made up, to be shown once; null when none was.</returns>
    public static async ValueTask<Result<string?>> EnsureAsync(ControlLedger ledger, string? password, RetentionPolicy retention, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(time);
        var now = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var isFirst = !ledger.State.Users.ContainsKey(Administrator);
        var made = isFirst && password is null ? RandomNumberGenerator.GetString(PasswordLetters, PasswordLength) : null;
        var hash = HashOfChange(ledger.State, made ?? password);
        var isMade = false;
        var changed = await ledger.ChangeAsync(ChangeAuthor.Service, state =>
        {
            // Another node may have been first: a password that was made up here is then nobody's.
            isMade = !state.Users.ContainsKey(Administrator);
            return Missing(state, isMade || !IsSet(state, password) ? hash : null, retention, now);
        }, cancellation);
        return changed.IsOk ? isMade ? made : null : changed.Problem;
    }

    /// <returns>Null when the password is not given, or is the one that is set.</returns>
    private static PasswordHash? HashOfChange(ControlState state, string? password)
    {
        if (password is null) return null;
        return IsSet(state, password) ? null : PasswordHash.Of(password);
    }

    /// <summary>Whether there is nothing to set: the user has this password, or none is given.</summary>
    private static bool IsSet(ControlState state, string? password) => password is null || (state.Users.GetValueOrDefault(Administrator)?.Password?.Verify(password) ?? false);

    private static ControlChange[] Missing(ControlState state, PasswordHash? password, RetentionPolicy retention, Timestamp now)
    {
        var changes = new List<ControlChange>();
        foreach (var name in (string[])[TenantName.System, TenantName.Default])
        {
            if (state.Tenants.ContainsKey(name)) continue;
            changes.Add(ControlKinds.Tenant.Create(new() { Name = name, CreatedAt = now }));
            if (name == TenantName.Default) changes.AddRange(RetentionPolicies.Changes(state, name, retention));
        }
        if (!state.Users.TryGetValue(Administrator, out var user)) changes.Add(ControlKinds.User.Create(NewAdministrator(password, now)));
        else if (password is not null) changes.Add(ControlKinds.User.Update("password", user, user with { Password = password }));
        return [.. changes];
    }

    private static UserRecord NewAdministrator(PasswordHash? password, Timestamp now) => new()
    {
        Id = Administrator,
        Name = Administrator,
        Tenant = TenantName.Default,
        SystemAdministrator = true,
        Rights = [Right.Admin],
        Password = password,
        CreatedAt = now,
    };
}
