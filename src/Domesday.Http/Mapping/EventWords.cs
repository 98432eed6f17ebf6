using System.Net;
using Domesday.Events;

namespace Domesday.Http.Mapping;

/// <summary>The words that senders have for actions, results and sorts of actors, as those of the event model.</summary>
public static class EventWords
{
    private const int WordCharsMax = 128;

    /// <summary>The verb of a name such as <c>user.created</c>, <c>UserLogin</c> or <c>delete</c>.</summary>
    /// <returns>Null for what holds no word.</returns>
    public static string? ActionOf(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > WordCharsMax) return null;
        var word = name[(name.AsSpan().LastIndexOfAny('.', '/', ' ') + 1)..].ToLowerInvariant();
        return word switch
        {
            "created" or "added" or "add" or "insert" or "inserted" => "create",
            "updated" or "modified" or "modify" or "changed" or "change" or "edit" or "edited" or "patch" or "put" => "update",
            "deleted" or "removed" or "remove" or "destroy" or "destroyed" => "delete",
            "get" or "list" or "view" or "viewed" or "accessed" or "access" or "head" => "read",
            "signin" or "sign_in" or "logged_in" or "loggedin" or "log_in" or "authenticate" or "authenticated" => "login",
            "signout" or "sign_out" or "logged_out" or "loggedout" or "logoff" or "log_out" => "logout",
            _ => IsWord(word) ? word : null,
        };
    }

    /// <returns>Null for a word that says neither.</returns>
    public static OutcomeResult? OutcomeOf(string? word) => word?.ToLowerInvariant() switch
    {
        "success" or "succeeded" or "successful" or "ok" or "allowed" or "allow" or "granted" or "accepted" or "true" => OutcomeResult.Success,
        "failure" or "failed" or "fail" or "error" or "denied" or "deny" or "rejected" or "refused" or "forbidden" or "false" => OutcomeResult.Failure,
        "unknown" or "pending" => OutcomeResult.Unknown,
        _ => null,
    };

    /// <returns>Null for a word that is none of the model's.</returns>
    public static ActorType? ActorTypeOf(string? word) => word?.ToLowerInvariant() switch
    {
        "user" or "human" or "person" => ActorType.User,
        "application" or "app" => ActorType.Application,
        "system" => ActorType.System,
        "service" or "service_account" or "serviceaccount" => ActorType.Service,
        "agent" or "node" => ActorType.Agent,
        _ => null,
    };

    /// <summary>An address, with or without a port behind it.</summary>
    /// <returns>Null for what is no address, such as a host's name.</returns>
    public static EventSource? SourceOf(string? address)
    {
        if (IPAddress.TryParse(address, out var ip)) return new() { Ip = ip.ToString() };
        return address is not null && IPEndPoint.TryParse(address, out var end) ? new() { Ip = end.Address.ToString(), Port = end.Port } : null;
    }

    private static bool IsWord(string word) => word.Length > 0 && char.IsAsciiLetterLower(word[0])
        && word.All(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) || unit is '_' or ':' or '-');
}
