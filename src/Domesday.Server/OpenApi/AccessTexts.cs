namespace Domesday.Server.OpenApi;

/// <summary>Who may do what: docs/access.md.</summary>
internal static class AccessTexts
{
    private const string Base = "/audit/v1";

    public static SurfaceText Surface { get; } = new("Access", "Users, applications, keys, certificates, roles and grants: docs/access.md.", "Problem",
    [
        new($"POST {Base}/sign-in", "Sign in for a token") { Bodies = [ContentText.Json("SignIn")], Answers = [AnswerText.Json("Session", "The token, and whose it is.")] },
        new($"POST {Base}/sign-out", "End the session of the token") { Answers = [AnswerText.Nothing("It is ended.")] },
        new($"POST {Base}/viewer-tokens", "Make a token that shows a part of the events for a while")
        {
            Details = "For an application that shows its customers what is theirs. The token reads events, facets, histogram, export and tail, and nothing else; it may stand in the query as `viewer_token`. It never shows more than its maker may read, and ends with the maker's credential.",
            Bodies = [ContentText.Json("NewViewerToken")],
            Answers = [AnswerText.Json("ViewerToken", "The token, shown this once.", 201)],
        },
        new($"GET {Base}/viewer-tokens", "Viewers' tokens that are valid still") { Details = "The newest first, 1,000 at most; without the tokens themselves.", Answers = [AnswerText.Json("ViewerTokenList", "The tokens.")] },
        new($"DELETE {Base}/viewer-tokens/{{id}}", "Revoke a viewer's token") { Answers = [AnswerText.Nothing("It is refused from now on.")] },
        new($"GET {Base}/me", "Who the caller is, and what it may do") { Answers = [AnswerText.Json("Me", "The caller.")] },
        new($"PUT {Base}/me/password", "Change the caller's own password") { Bodies = [ContentText.Json("PasswordChange")], Answers = [AnswerText.Nothing("It is changed.")] },
        .. Of("users", "id", "user", "User", "UserChange"),
        new($"POST {Base}/users/{{id}}/sign-out", "End all sessions of a user") { Answers = [AnswerText.Nothing("They are ended.")] },
        .. Of("applications", "id", "application", "Application", "ApplicationChange"),
        new($"POST {Base}/applications/{{id}}/secret", "Replace the secret of an application") { Answers = [AnswerText.Json("Application", "With the new secret, shown this once.")] },
        .. Of("keys", "id", "key", "Key", "KeyChange"),
        .. Of("roles", "name", "role", "Role", "RoleChange"),
        .. Of("grants", "id", "grant", "Grant", "GrantChange"),
        new($"GET {Base}/certificates", "All client certificates") { Answers = [AnswerText.Json("CertificateList", "The certificates.")] },
        new($"GET {Base}/certificates/{{serial}}", "One client certificate") { Answers = [AnswerText.Json("Certificate", "The certificate.")] },
        new($"POST {Base}/certificates", "Make a client certificate") { Bodies = [ContentText.Json("NewCertificate")], Answers = [AnswerText.Json("Certificate", "With its private key, shown this once.", 201)] },
        new($"DELETE {Base}/certificates/{{serial}}", "Revoke a client certificate") { Answers = [AnswerText.Nothing("It is revoked.")] },
        new($"GET {Base}/certificates/revocation-list", "The list of revoked certificates, of all tenants") { Answers = [new(200, "A CRL.", new ContentText("application/x-pem-file", null))] },
    ]);

    private static IEnumerable<RouteText> Of(string group, string parameter, string noun, string schema, string change)
    {
        var one = $"{Base}/{group}/{{{parameter}}}";
        var article = "aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a";
        // Those whose record has a version tell it as ETag, and take it back.
        IReadOnlyList<ParameterText> version = noun is "key" or "grant" ? [] : [new("If-Match", null, "")];
        yield return new($"GET {Base}/{group}", $"All {group} of the tenant") { Answers = [AnswerText.Json(schema + "List", $"The {group}.")] };
        yield return new($"GET {one}", $"One {noun}") { Answers = [AnswerText.Json(schema, $"The {noun}.")] };
        yield return new($"POST {Base}/{group}", $"Make {article} {noun}") { Bodies = [ContentText.Json("New" + schema)], Answers = [AnswerText.Json(schema, "It was made; a secret that was made with it is shown this once.", 201)] };
        yield return new($"PATCH {one}", $"Change {article} {noun}") { Parameters = version, Bodies = [ContentText.Json(change)], Answers = [AnswerText.Json(schema, "As it is now.")] };
        yield return new($"DELETE {one}", $"{(noun == "key" ? "Revoke" : "Delete")} {article} {noun}") { Answers = [AnswerText.Nothing("It is gone.")] };
    }
}
