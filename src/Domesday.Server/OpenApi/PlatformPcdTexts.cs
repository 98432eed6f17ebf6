namespace Domesday.Server.OpenApi;

/// <summary>The routes of the Platform9 PCD dialect.</summary>
internal static class PlatformPcdTexts
{
    private static readonly (string, string)[] Token = [("X-Subject-Token", "The token.")];

    public static SurfaceText Surface { get; } = new("Platform9 PCD", "The audit API of Private Cloud Director, and signing in as Keystone has it: docs/dialects.", "PcdProblem",
        new("GET /keystone/v3", "Which version of the Identity API this is") { Answers = [AnswerText.Json("KeystoneVersion", "The version.")] },
        new("POST /keystone/v3/auth/tokens", "Sign in for a token") { Bodies = [ContentText.Json("KeystoneSignIn")], Answers = [AnswerText.Json("KeystoneToken", "Whose token it is.", 201) with { Headers = Token }] },
        new("GET /keystone/v3/auth/tokens", "Whose a token is")
        {
            Parameters = [new("X-Subject-Token", Form.Text, "The token.") { Place = ParameterPlace.Header, Required = true }],
            Answers = [AnswerText.Json("KeystoneToken", "Whose token it is.") with { Headers = Token }],
        },
        new("GET /resmgr/audit/export", "Export audit logs, oldest first")
        {
            Parameters =
            [
                new("region", Form.Text, "Of this region."), new("domain", Form.Text, "Of this domain."), new("domain_id", Form.Text, "Of this domain."), new("project_id", Form.Text, "Of this project."),
                new("user_id", Form.Text, "By this user."), new("username", Form.Text, "By this user."), new("action", Form.Text, "With this `action_name`."), new("resource_type", Form.Text, "About this type."),
                new("service", Form.Text, "Of this `component`."), new("start_time", Form.Moment, "From this moment on; a day ago without it."), new("end_time", Form.Moment, "Up to this moment; now without it."),
                new("limit", Form.Number(0), "Most records; no limit without it."),
            ],
            Answers = [new(200, "A record on each line.", new ContentText("application/x-ndjson", "PcdRecord"))],
        },
        new("GET /resmgr/audit/filters", "Values that the export can be asked for") { Answers = [AnswerText.Json("PcdFilters", "The values.")] })
    { ProblemType = "application/json" };
}
