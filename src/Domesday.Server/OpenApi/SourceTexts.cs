namespace Domesday.Server.OpenApi;

/// <summary>Where machines hand in what they write of their own accord: docs/sources.</summary>
internal static class SourceTexts
{
    private static readonly IReadOnlyList<AnswerText> Counted = [AnswerText.Json("Taken", "All of it is on disk, as events or in quarantine.")];
    private static readonly IReadOnlyList<AnswerText> Otlp = [new(200, "All of it is on disk, as events or in quarantine.", new ContentText("application/json", null), new ContentText("application/x-protobuf", null))];
    private static readonly IReadOnlyList<ContentText> OtlpBodies = [new("application/json", null), new("application/x-protobuf", null)];
    private static readonly ParameterText Region = new("region", Form.Text, "Where the senders are; 1 to 255 characters.");

    private static readonly ParameterText Host = new("host", Form.Text, "Whose records they are, where these have no node; 1 to 255 characters.");

    public static SurfaceText Surface { get; } = new("Sources", "Where Kubernetes, OpenStack, UCP, systemd, auditd and OpenTelemetry hand in what they write: docs/sources.", "Problem",
        new("POST /ingest/kubernetes", "Events of a Kubernetes API server's audit webhook, or lines of its audit log") { Bodies = [new("application/json", null), new("application/x-ndjson", null)], Answers = Counted },
        new("POST /ingest/kubernetes/{key}/{cluster?}", "Events of a Kubernetes API server's audit webhook, with the key in the path")
        {
            Parameters = [new("cluster", Form.Text, "Name of the cluster.") { Place = ParameterPlace.Path }],
            Bodies = [new("application/json", null)],
            Answers = Counted,
        },
        new("POST /ingest/cadf", "CADF events and notifications of OpenStack") { Parameters = [Region], Bodies = [new("application/json", null)], Answers = Counted },
        new("POST /ingest/cadf/{key}/{region?}", "CADF events and notifications of OpenStack, with the key in the path")
        {
            Parameters = [Region with { Place = ParameterPlace.Path }],
            Bodies = [new("application/json", null)],
            Answers = Counted,
        },
        new("POST /ingest/ucp", "Audit lines of a UCP controller's log") { Bodies = [new("application/x-ndjson", null)], Answers = Counted },
        new("POST /ingest/ucp/{key}", "Audit lines of a UCP controller's log, with the key in the path") { Bodies = [new("application/x-ndjson", null)], Answers = Counted },
        new("POST /ingest/journal/upload", "Entries of systemd's journal, in its export format") { Bodies = [new("application/vnd.fdo.journal", null)], Answers = Counted },
        new("POST /ingest/journal/{key}/upload", "Entries of systemd's journal, with the key in the path") { Bodies = [new("application/vnd.fdo.journal", null)], Answers = Counted },
        new("POST /ingest/linux-audit", "Lines of auditd's audit.log") { Parameters = [Host], Bodies = [new("text/plain", null)], Answers = Counted },
        new("POST /ingest/linux-audit/{key}/{host?}", "Lines of auditd's audit.log, with the key in the path")
        {
            Parameters = [Host with { Place = ParameterPlace.Path }],
            Bodies = [new("text/plain", null)],
            Answers = Counted,
        },
        new("POST /v1/logs", "Log records over OTLP/HTTP") { Bodies = OtlpBodies, Answers = Otlp },
        new("POST /ingest/otlp/v1/logs", "Log records over OTLP/HTTP") { Bodies = OtlpBodies, Answers = Otlp },
        new("POST /ingest/otlp/{key}/v1/logs", "Log records over OTLP/HTTP, with the key in the path") { Bodies = OtlpBodies, Answers = Otlp });
}
