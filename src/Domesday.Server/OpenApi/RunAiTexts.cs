namespace Domesday.Server.OpenApi;

/// <summary>The routes of the Run:ai dialect. Every parameter is also taken in the vendor's other spelling, <c>sourceId</c> for <c>source_id</c>.</summary>
internal static class RunAiTexts
{
    private static readonly IReadOnlyList<ParameterText> Span =
    [
        new("start", Form.Moment, "From this moment on.") { Required = true },
        new("end", Form.Moment, "Up to this moment.") { Required = true },
        new("filterBy", Form.Texts, "Terms such as `action==create` that must all hold; operators `==` `!=` `<=` `>=` `=@` `!@` `=^` `=$`."),
    ];

    public static SurfaceText Surface { get; } = new("Run:ai", "Run:ai's audit logs, on the routes before and since 2.19, for its own clients: docs/dialects.", "RunAiProblem",
        new("POST /api/v1/token", "Sign in for a token") { Bodies = [ContentText.Json("RunAiApplication")], Answers = [AnswerText.Json("RunAiToken", "The token.")] },
        new("POST /api/v2/token", "Sign in for a token, as OAuth has it") { Bodies = [new("application/x-www-form-urlencoded", null)], Answers = [AnswerText.Json("RunAiOAuthToken", "The token.")] },
        new("POST /v1/k8s/auth/oauth/apptoken", "Sign in for a token, the old way") { Bodies = [new("application/json", null)], Answers = [AnswerText.Json("RunAiAppToken", "The token.")] },
        new("GET /v1/k8s/audit", "List audit logs, newest first, as before 2.19")
        {
            Parameters =
            [
                new("start", Form.Moment, "From this moment on."), new("end", Form.Moment, "Up to this moment."), new("cluster_uuid", Form.Text, "Of this cluster."), new("action", Form.Text, "With this action."),
                new("source_type", Form.Choice("User", "Application"), "By one of this kind."), new("source_id", Form.Text, "By this one."), new("source_name", Form.Text, "By this one."), new("entity_type", Form.Text, "About this type."),
                new("entity_id", Form.Text, "About this entity."), new("success", Form.Flag, "Only what succeeded, or only what failed."), new("limit", Form.Number(1, absent: 40), "Records on the page; 500 at most, whatever is asked for."),
                new("offset", Form.Number(0), "Records to pass over."), new("download", Form.Flag, "As a file."),
            ],
            Answers = [AnswerText.Json("RunAiOldRecord[]", "The records.")],
        },
        new("GET /api/v1/audit/log", "List audit logs")
        {
            Parameters =
            [
                .. Span, new("offset", Form.Number(0), "Records to pass over."), new("numberOfSamples", Form.Number(0, 1000, 20), "Records on the page."), new("sortOrder", Form.Choice("asc", "desc"), "`asc` without it."),
                new("sortBy", Form.Choice("timestamp", "subject", "subject_type", "source_ip", "action", "http_method", "result", "url", "entity_type", "entity_name", "entity_id"), "`timestamp` without it."),
            ],
            Answers = [AnswerText.Json("RunAiPage", "The page.")],
        },
        new("GET /api/v1/audit/log/file", "Audit logs as a file")
        {
            Parameters = [.. Span, new("file_type", Form.Choice("CSV", "JSON"), "`CSV` without it."), new("numberOfSamples", Form.Number(0, 1000), "Most records; no limit without it.")],
            Answers = [new(200, "The file.", new ContentText("application/octet-stream", null))],
        })
    { ProblemType = "application/json" };
}
