namespace Domesday.Server.OpenApi;

/// <summary>Usage reports that are sent by themselves: docs/forwarding.md.</summary>
internal static class ReportTexts
{
    private const string Base = "/audit/v1/reports";

    public static SurfaceText Surface { get; } = new("Reports", "Usage reports that are sent by themselves, by mail or to a webhook: docs/forwarding.md.", "Problem",
        new($"GET {Base}", "All reports that are sent by themselves") { Answers = [AnswerText.Json("ReportList", "The reports.")] },
        new($"GET {Base}/{{id}}", "One report that is sent by itself") { Answers = [AnswerText.Json("Report", "The report.")] },
        new($"POST {Base}", "Make a report that is sent by itself") { Bodies = [ContentText.Json("NewReport")], Answers = [AnswerText.Json("Report", "It was made.", 201)] },
        new($"PATCH {Base}/{{id}}", "Change a report") { Parameters = [new("If-Match", null, "")], Bodies = [ContentText.Json("NewReport")], Answers = [AnswerText.Json("Report", "As it is now.")] },
        new($"DELETE {Base}/{{id}}", "Delete a report") { Answers = [AnswerText.Nothing("It is gone; what was sent stays recorded.")] },
        new($"POST {Base}/{{id}}/send", "Send the report of the last period now") { Answers = [AnswerText.Json("ReportSent", "What each channel answered.")] });
}
