using System.Security.Cryptography;
using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>What a new user shall be.</summary>
/// <param name="Password">Null: one is made up.</param>
public sealed record NewUser(string Tenant, string Name, string? Password)
{
    public string? FullName { get; init; }

    public string? Email { get; init; }

    public Timestamp? ExpiresAt { get; init; }

    /// <summary>The role that the user is given at once; null for none.</summary>
    public NewGrant? Grant { get; init; }
}

/// <summary>What shall be different about a user; null leaves it.</summary>
public sealed record UserChange(string? FullName, string? Email, string? Password, bool? Disabled, Timestamp? ExpiresAt, long? Version);

/// <summary>A user who was just made.</summary>
/// <param name="MadePassword">The password that was made up, to be shown once; null when it was given.</param>
public sealed record CreatedUser(UserRecord Record, string? MadePassword);

/// <summary>Makes, changes and deletes users.</summary>
public sealed class UserDirectory(ControlLedger ledger, TimeProvider time)
{
    /// <summary>Longest name, in UTF-16 code units.</summary>
    public const int NameCharsMax = 200;

    /// <summary>Longest address.</summary>
    /// <remarks>Source: RFC 5321 §4.5.3.1.3.</remarks>
    public const int EmailCharsMax = 254;

    /// <summary>Shortest password, in UTF-16 code units.</summary>
    public const int PasswordCharsMin = 8;

    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int MadePasswordLength = 24;
    private const int IdBytes = 8;

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>All users of a tenant, by name.</summary>
    public IReadOnlyList<UserRecord> Of(string tenant) => [.. ledger.State.Users.Values.Where(user => user.Tenant == tenant).OrderBy(user => user.Name, StringComparer.Ordinal)];

    /// <param name="reference">Id or name.</param>
    /// <returns><see cref="ProblemKind.NotFound"/> also when the user belongs to another tenant.</returns>
    public Result<UserRecord> Find(string tenant, string reference) => Find(ledger.State, tenant, reference);

    /// <returns>
    /// <see cref="ProblemKind.Invalid"/> with every fault; <see cref="ProblemKind.Conflict"/> when the name is taken in this tenant or the tenant is disabled;
    /// <see cref="ProblemKind.Forbidden"/> when the role allows more than its giver may.
    /// </returns>
    public async ValueTask<Result<CreatedUser>> CreateAsync(Principal maker, ChangeAuthor author, NewUser wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var faults = new List<ProblemFault>();
        CheckName(wanted.Name, faults);
        CheckEmail(wanted.Email, faults);
        CheckPassword(wanted.Password, wanted.Name, faults);
        if (wanted.ExpiresAt <= Now) faults.Add(new(null, "expires_at", "has passed already"));
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The user is not valid; nothing was made.") { Faults = faults };
        var made = wanted.Password is null ? RandomNumberGenerator.GetString(PasswordLetters, MadePasswordLength) : null;
        var record = new UserRecord
        {
            Id = "usr_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            Name = wanted.Name,
            Tenant = wanted.Tenant,
            FullName = wanted.FullName,
            Email = wanted.Email,
            Rights = [],
            Password = PasswordHash.Of(wanted.Password ?? made!),
            ExpiresAt = wanted.ExpiresAt,
            CreatedAt = Now,
        };
        var changed = await ledger.ChangeAsync(author, state => Decide(state, maker, record, wanted.Grant), cancellation);
        return changed.IsOk ? new CreatedUser(changed.Value.Users[record.Id], made) : changed.Problem;
    }

    /// <returns><see cref="ProblemKind.Forbidden"/> when the user may do more than the one who changes it.</returns>
    public async ValueTask<Result<UserRecord>> ChangeAsync(Principal changer, ChangeAuthor author, string tenant, string reference, UserChange wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var found = Find(tenant, reference);
        if (!found.IsOk) return found.Problem;
        var faults = new List<ProblemFault>();
        CheckEmail(wanted.Email, faults);
        CheckPassword(wanted.Password, found.Value.Name, faults);
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The change is not valid; nothing was changed.") { Faults = faults };
        var hash = wanted.Password is null ? null : PasswordHash.Of(wanted.Password);
        var changed = await ledger.ChangeAsync(author, state => Change(state, changer, tenant, found.Value.Id, wanted, hash), cancellation);
        return changed.IsOk ? changed.Value.Users[found.Value.Id] : changed.Problem;
    }

    /// <summary>A user sets another password; all its tokens are refused from now on. The old password was checked.</summary>
    public async ValueTask<Problem?> ChangeOwnPasswordAsync(ChangeAuthor author, string id, string password, CancellationToken cancellation)
    {
        if (!ledger.State.Users.TryGetValue(id, out var user)) return NotFound;
        var faults = new List<ProblemFault>();
        CheckPassword(password, user.Name, faults, "new_password");
        if (faults.Count > 0) return new Problem(ProblemKind.Invalid, "The password is not valid; nothing was changed.") { Faults = faults };
        var hash = PasswordHash.Of(password);
        var changed = await ledger.ChangeAsync(author, state => state.Users.TryGetValue(id, out var before)
            ? (ControlChange[])[ControlKinds.User.Update("password", before, before with { Password = hash, SessionsSince = Now })]
            : NotFound, cancellation);
        return changed.Problem;
    }

    /// <summary>Refuses every token that the user has now.</summary>
    public ValueTask<Problem?> EndSessionsAsync(Principal changer, ChangeAuthor author, string tenant, string reference, CancellationToken cancellation) =>
        DecideAsync(changer, author, tenant, reference, (_, user) => (ControlChange[])[ControlKinds.User.Update("end_sessions", user, user with { SessionsSince = Now })], cancellation);

    /// <summary>Deletes the user and what it was granted. What it did stays in the ledgers under its id.</summary>
    public ValueTask<Problem?> DeleteAsync(Principal changer, ChangeAuthor author, string tenant, string reference, CancellationToken cancellation) =>
        DecideAsync(changer, author, tenant, reference, (index, user) => user.Id == FirstStart.Administrator
            ? new Problem(ProblemKind.Conflict, "The user admin cannot be deleted: the settings give it its password. Disable it.")
            : (ControlChange[])[.. index.GrantsOf(PrincipalKinds.User, user.Id).Select(ControlKinds.Grant.Delete), ControlKinds.User.Delete(user)], cancellation);

    private static Problem NotFound => new(ProblemKind.NotFound, "There is no such user.");

    private static Problem TooPowerful => new(ProblemKind.Forbidden, "The user may do more than you: somebody who may do as much must change it.");

    private async ValueTask<Problem?> DecideAsync(
        Principal changer, ChangeAuthor author, string tenant, string reference, Func<ControlIndex, UserRecord, Result<ControlChange[]>> decide, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changer);
        var changed = await ledger.ChangeAsync(author, state =>
        {
            var found = Find(state, tenant, reference);
            if (!found.IsOk) return found.Problem;
            var index = new ControlIndex(state);
            return changer.Covers(index.AccountOf(found.Value, Now).Principal) ? decide(index, found.Value) : TooPowerful;
        }, cancellation);
        return changed.Problem;
    }

    private Result<ControlChange[]> Decide(ControlState state, Principal maker, UserRecord record, NewGrant? grant)
    {
        if (!state.IsActive(record.Tenant)) return new Problem(ProblemKind.Conflict, $"The tenant '{record.Tenant}' is disabled.");
        if (state.Users.Values.Any(user => user.Tenant == record.Tenant && user.Name == record.Name)) return new Problem(ProblemKind.Conflict, "There is a user of this name already.", "name");
        if (grant is null) return (ControlChange[])[ControlKinds.User.Create(record)];
        var given = GrantDirectory.Decide(new(state), maker, grant with { Kind = PrincipalKinds.User, Principal = record.Id, Tenant = record.Tenant }, Now, isNew: true);
        return given.IsOk ? (ControlChange[])[ControlKinds.User.Create(record), ControlKinds.Grant.Create(given.Value)] : given.Problem;
    }

    private Result<ControlChange[]> Change(ControlState state, Principal changer, string tenant, string id, UserChange wanted, PasswordHash? hash)
    {
        var found = Find(state, tenant, id);
        if (!found.IsOk) return found.Problem;
        var before = found.Value;
        if (!changer.Covers(new ControlIndex(state).AccountOf(before, Now).Principal)) return TooPowerful;
        if (wanted.Version is { } seen && seen != before.Version) return new Problem(ProblemKind.Conflict, "The user was changed by somebody else meanwhile.");
        if (wanted.Disabled == true && before.Id == changer.Id) return new Problem(ProblemKind.Conflict, "You cannot disable yourself.", "disabled");
        var after = before with
        {
            FullName = wanted.FullName ?? before.FullName,
            Email = wanted.Email ?? before.Email,
            Password = hash ?? before.Password,
            SessionsSince = hash is null ? before.SessionsSince : Now,
            DisabledAt = wanted.Disabled switch { true => before.DisabledAt ?? Now, false => null, null => before.DisabledAt },
            ExpiresAt = wanted.ExpiresAt ?? before.ExpiresAt,
        };
        if (after == before) return Array.Empty<ControlChange>();
        var word = (hash, before.DisabledAt, after.DisabledAt) switch
        {
            (not null, _, _) => "password",
            (_, null, not null) => "disable",
            (_, not null, null) => "enable",
            _ => "update",
        };
        return (ControlChange[])[ControlKinds.User.Update(word, before, after)];
    }

    private static Result<UserRecord> Find(ControlState state, string tenant, string reference)
    {
        if (state.Users.TryGetValue(reference, out var user) && user.Tenant == tenant) return user;
        return state.Users.Values.FirstOrDefault(named => named.Tenant == tenant && named.Name == reference) is { } found ? found : NotFound;
    }

    private static void CheckName(string name, List<ProblemFault> faults)
    {
        var reason = name.Length is 0 or > NameCharsMax ? $"must have 1 to {NameCharsMax} characters"
            : name.Trim() != name || name.Any(char.IsControl) ? "has blanks at its ends, or control characters"
            // Basic ends the name at a colon; a slash stands between a tenant and a name; the prefix tells applications from users.
            : name.AsSpan().ContainsAny(':', '/') || name.StartsWith(ApplicationSecret.ClientPrefix, StringComparison.Ordinal) ? $"must have neither colon nor slash, and not begin with {ApplicationSecret.ClientPrefix}"
            : null;
        if (reason is not null) faults.Add(new(null, "name", reason));
    }

    private static void CheckEmail(string? email, List<ProblemFault> faults)
    {
        if (email is not null && (email.Length > EmailCharsMax || email.Split('@') is not [{ Length: > 0 }, { Length: > 0 }] || email.Any(char.IsWhiteSpace))) faults.Add(new(null, "email", "must be an address such as jane@example.com"));
    }

    private static void CheckPassword(string? password, string name, List<ProblemFault> faults, string field = "password")
    {
        if (password is null) return;
        if (password.Length < PasswordCharsMin) faults.Add(new(null, field, $"must have at least {PasswordCharsMin} characters"));
        else if (Encoding.UTF8.GetByteCount(password) > PasswordHash.PasswordBytesMax) faults.Add(new(null, field, $"has more than {PasswordHash.PasswordBytesMax} bytes"));
        else if (password == name) faults.Add(new(null, field, "must not be the user's name"));
    }
}
