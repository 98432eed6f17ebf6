namespace Domesday.Server.OpenApi;

/// <summary>For those who run the service, and for programs that look after it.</summary>
internal static class OperationTexts
{
    private static readonly ContentText Text = new("text/plain", null);

    public static SurfaceText Surface { get; } = new("Operation", "Health, metrics, backup, and what the service says of itself: docs/operations.md.", "Problem",
        new("GET /healthz", "Whether the process answers") { Answers = [new(200, "It does.", Text)] },
        new("HEAD /healthz", "Whether the process answers, without a body") { Answers = [new(200, "It does.")] },
        new("GET /readyz", "Whether it can take events and find them") { Answers = [new(200, "It can; a second line warns of what will end that.", Text)] },
        new("HEAD /readyz", "Whether it can take events and find them, without a body") { Answers = [new(200, "It can.")] },
        new("GET /metrics", "Metrics for Prometheus") { Answers = [new(200, "Prometheus text.", Text)] },
        new("GET /problems/{kind}", "What a kind of problem means") { Answers = [new(200, "The page that `type` of a problem leads to.", new ContentText("text/markdown", null))] },
        new("GET /.well-known/jwks.json", "Public keys of this service's tokens") { Answers = [AnswerText.Json("Jwks", "RFC 7517.")] },
        new("GET /openapi.json", "This description") { Answers = [new(200, "OpenAPI 3.1.", new ContentText("application/json", null))] },
        new("GET /audit/v1/openapi.json", "This description") { Answers = [new(200, "OpenAPI 3.1.", new ContentText("application/json", null))] },
        new("GET /audit/v1/backup", "A consistent copy of everything, while the service runs") { Answers = [new(200, "An archive; docs/operations.md says what is in it.", new ContentText("application/octet-stream", null))] });
}
