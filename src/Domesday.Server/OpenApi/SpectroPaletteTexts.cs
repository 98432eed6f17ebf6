namespace Domesday.Server.OpenApi;

/// <summary>The routes of the Spectro Cloud Palette dialect.</summary>
internal static class SpectroPaletteTexts
{
    private const string Sinks = "/v1/tenants/{tenantUid}/assets/dataSinks";

    private static readonly ParameterText Project = new("ProjectUid", Form.Text, "The project that it is about; the whole tenant without it.") { Place = ParameterPlace.Header };
    private static readonly ParameterText Uid = new("uid", Form.Text, "`metadata.uid` of the audit.") { Place = ParameterPlace.Path };

    private static readonly IReadOnlyList<ParameterText> Filters =
    [
        Project, new("startTime", Form.Moment, "From this moment on, which belongs to it."), new("endTime", Form.Moment, "Up to this moment, which belongs to it."), new("userUid", Form.Text, "By this user."),
        new("projectUid", Form.Text, "Of this project."), new("tenantUid", Form.Text, "Of this tenant."), new("resourceUid", Form.Text, "About this resource."),
        new("resourceKind", Form.Texts, "About resources of this kind, whatever the case of its letters."),
        new("actionType", Form.Choices(["create", "update", "delete", "publish", "deploy", "activity", "action"]), "With this action."),
    ];

    public static SurfaceText Surface { get; } = new("Spectro Cloud Palette", "Palette's audit logs and audit trails, for its own clients: docs/dialects.", "PaletteProblem",
        new("POST /v1/auth/authenticate", "Sign in for a token") { Bodies = [ContentText.Json("PaletteSignIn")], Answers = [AnswerText.Json("PaletteToken", "The token.")] },
        new("GET /v1/audits", "List audits, newest first")
        {
            Details = "With `format=csv`, or `Accept: text/csv` alone, everything that matches as a file; that takes `audit.export`.",
            Parameters =
            [
                .. Filters, new("limit", Form.Number(0, absent: 50), "Audits on the page; 50 at most, whatever is asked for."), new("offset", Form.Number(0), "Audits to pass over."),
                new("continue", Form.Text, "`listmeta.continue` of the page before; goes before an offset."), new("format", Form.Choice("json", "csv"), "`json` without it."),
            ],
            Answers = [new(200, "The page.", ContentText.Json("PaletteAudits"), new ContentText("text/csv", null))],
        },
        new("GET /v1/audits/export", "Everything that matches, as the console downloads it") { Parameters = Filters, Answers = [new(200, "The file.", new ContentText("text/csv", null))] },
        new("GET /v1/audits/{uid}", "One audit") { Parameters = [Uid, Project], Answers = [AnswerText.Json("PaletteAudit", "The audit.")] },
        new("GET /v1/audits/{uid}/sysMsg", "The texts of one audit") { Parameters = [Uid, Project], Answers = [AnswerText.Json("PaletteMessages", "The texts.")] },
        new("PATCH /v1/audits/{uid}/userMsg", "Set the update note of an audit") { Parameters = [Uid, Project], Bodies = [ContentText.Json("PaletteNote")], Answers = [AnswerText.Nothing("It is set.")] },
        new($"GET {Sinks}", "Where the tenant's audits are to be sent") { Answers = [AnswerText.Json("PaletteDataSinks", "The data sinks, without their secrets.")] },
        new($"POST {Sinks}", "Set where audits are to be sent") { Bodies = [ContentText.Json("PaletteDataSinks")], Answers = [AnswerText.Json("PaletteUid", "They are set.", 201) with { Headers = [("AuditUid", "The audit of this change.")] }] },
        new($"PUT {Sinks}", "Replace where audits are to be sent") { Bodies = [ContentText.Json("PaletteDataSinks")], Answers = [AnswerText.Nothing("They are replaced.")] },
        new($"DELETE {Sinks}", "Send audits nowhere") { Answers = [AnswerText.Nothing("There are none.")] },
        new("POST /v1/clouds/aws/cloudwatch/validate", "Check a place in CloudWatch Logs") { Bodies = [ContentText.Json("PaletteCloudWatch")], Answers = [AnswerText.Nothing("A test event is in its stream.")] },
        new("POST /v1/datasinks/cloudwatch", "Send records to a place in CloudWatch Logs") { Bodies = [new("application/json", null)], Answers = [AnswerText.Nothing("They are sent.")] })
    { ProblemType = "application/json" };
}
