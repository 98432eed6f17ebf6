using System.Net;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Core.Tokens;
using Domesday.Events;

namespace Domesday.Core.Credentials;

/// <summary>Where somebody signs in from.</summary>
public sealed record SignInOrigin(IPAddress? Address, string? UserAgent);

/// <summary>Records who signed in: in the system ledger, and in the ledger of the tenant that they belong to.</summary>
public sealed class SignInSuccesses(ServiceEventQueue queue)
{
    /// <param name="scheme">How the credential was brought, such as <c>basic</c>.</param>
    /// <param name="token">The session that began; null when the credential itself comes with each request.</param>
    public void Add(Principal principal, string scheme, SignInOrigin origin, IssuedToken? token)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(origin);
        var author = ChangeAuthor.Of(principal, null);
        var labels = new Dictionary<string, string> { ["scheme"] = scheme };
        if (token is not null) labels.Add("session", token.Session);
        var signIn = new AuditEvent
        {
            Action = "login",
            Operation = "access.sign_in",
            Actor = author.Actor,
            Source = SourceOf(origin),
            Resource = new() { Type = "credential", Id = principal.Id, Name = EventText.Clean(principal.Name) },
            Outcome = new() { Result = OutcomeResult.Success },
            Labels = labels,
        };
        queue.Add(TenantName.System, signIn);
        if (!principal.IsSystemAdministrator && principal.Tenant != TenantName.System) queue.Add(principal.Tenant, signIn);
    }

    private static EventSource? SourceOf(SignInOrigin origin)
    {
        var address = origin.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : origin.Address;
        return address is null && origin.UserAgent is null ? null : new() { Ip = address?.ToString(), UserAgent = EventText.Clean(origin.UserAgent) };
    }
}
