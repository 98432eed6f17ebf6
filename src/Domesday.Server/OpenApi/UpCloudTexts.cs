namespace Domesday.Server.OpenApi;

/// <summary>The routes of the UpCloud dialect.</summary>
internal static class UpCloudTexts
{
    private const string Base = "/1.3/audit-logs";

    public static SurfaceText Surface { get; } = new("UpCloud", "UpCloud's audit logs, for its own clients: docs/dialects.", "UpCloudProblem",
        new($"GET {Base}", "List audit events, newest first")
        {
            Parameters =
            [
                new("limit", Form.Number(0, 200, 50), "Events on the page."), new("offset", Form.Number(0), "Events to pass over."),
                new("actions", Form.Texts, "Any of these."), new("origins", Form.Choices(["api", "gui", "upcloud_internal"]), "Any of these."), new("resource_types", Form.Texts, "Any of these."),
                new("created_after", Form.Moment, "From this moment on, which belongs to it."), new("created_before", Form.Moment, "Up to this moment, which belongs to it."),
                new("q", Form.Text, "A user's name, a resource's id or an address."),
            ],
            Answers = [AnswerText.Json("UpCloudPage", "The page.") with { Headers = [("Upcloud-Total-Count", "How many match.")] }],
        },
        new($"GET {Base}/filter-options", "Values that the list can be asked for") { Answers = [AnswerText.Json("UpCloudFilterOptions", "The values.")] },
        new($"GET {Base}/export", "All events of the last 180 days, as a file")
        {
            Parameters = [new("format", Form.Choice("csv", "json"), "`csv` without it, whatever `Accept` says.")],
            Answers = [new(200, "The file.", new ContentText("text/csv", null), ContentText.Json("UpCloudEvent[]"))],
        },
        new($"GET {Base}/{{cloud_event_id}}", "One audit event") { Answers = [AnswerText.Json("UpCloudEvent", "The event.")] });
}
