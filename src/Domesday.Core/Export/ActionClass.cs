using Domesday.Events.Schema;

namespace Domesday.Core.Export;

/// <summary>What sort of act an event tells of, as the common schemas part them.</summary>
internal enum ActionClass
{
    /// <summary>Anything that is done to a resource.</summary>
    Activity,

    /// <summary>Signing in or out.</summary>
    Authentication,

    /// <summary>Making, changing and deleting accounts.</summary>
    Account,

    /// <summary>Giving and taking rights.</summary>
    Access,
}

/// <summary>What an act does to its resource.</summary>
internal enum ActionVerb
{
    Other,
    Create,
    Read,
    Update,
    Delete,
}

internal static class ActionClasses
{
    private static readonly string[] SignIns = ["login", "logout", "authenticate", "sign-in", "sign_in", "sign-out", "sign_out", "logon", "logoff"];
    private static readonly string[] Accounts = ["user", "account", "application", "service_account", "serviceaccount", "serviceaccounts", "users", "key", "api_key", "credential"];
    private static readonly string[] Rights = ["grant", "role", "role_assignment", "permission", "access_rule", "access-rule", "rolebinding", "rolebindings", "clusterrolebindings", "policy"];
    private static readonly string[] Creates = ["create", "add", "insert", "import", "attach", "enable", "assign", "post"];
    private static readonly string[] Reads = ["read", "get", "list", "watch", "view", "export", "download", "query"];
    private static readonly string[] Updates = ["update", "patch", "put", "change", "modify", "rename", "resize", "replace"];
    private static readonly string[] Deletes = ["delete", "remove", "destroy", "detach", "revoke", "disable", "deletecollection"];

    public static ActionClass Of(EntryFields entry)
    {
        var (action, type) = (entry.Text(EventField.Action) ?? "", entry.Text(EventField.ResourceType)?.ToLowerInvariant() ?? "");
        if (SignIns.Contains(action)) return ActionClass.Authentication;
        if (Verb(entry) is ActionVerb.Read) return ActionClass.Activity;
        return Accounts.Contains(type) ? ActionClass.Account : Rights.Contains(type) ? ActionClass.Access : ActionClass.Activity;
    }

    public static ActionVerb Verb(EntryFields entry)
    {
        var action = entry.Text(EventField.Action) ?? "";
        return Creates.Contains(action) ? ActionVerb.Create : Reads.Contains(action) ? ActionVerb.Read : Updates.Contains(action) ? ActionVerb.Update : Deletes.Contains(action) ? ActionVerb.Delete : ActionVerb.Other;
    }

    /// <summary>Whether it is a signing out.</summary>
    public static bool IsEnd(EntryFields entry) => entry.Text(EventField.Action) is "logout" or "sign-out" or "sign_out" or "logoff";
}
