namespace Domesday.Server.OpenApi;

/// <summary>Where events are forwarded to: docs/forwarding.md.</summary>
internal static class SinkTexts
{
    private const string Base = "/audit/v1/sinks";

    private static readonly ParameterText Version = new("If-Match", null, "");

    public static SurfaceText Surface { get; } = new("Forwarding", "Sinks carry a tenant's events to receivers, each at least once and in order: docs/forwarding.md.", "Problem",
        new($"GET {Base}", "All sinks, and how they stand") { Answers = [AnswerText.Json("SinkList", "The sinks, secrets masked.")] },
        new($"GET {Base}/types", "The types of sinks, and the formats of events") { Answers = [AnswerText.Json("SinkTypes", "The types.")] },
        new($"GET {Base}/{{id}}", "One sink, and how it stands") { Answers = [AnswerText.Json("Sink", "The sink.")] },
        new($"POST {Base}", "Make a sink") { Bodies = [ContentText.Json("NewSink")], Answers = [AnswerText.Json("Sink", "It was made.", 201)] },
        new($"PATCH {Base}/{{id}}", "Change a sink")
        {
            Details = "Settings are replaced as a whole; a masked secret stays what it was. The sink goes on where it stands.",
            Parameters = [Version],
            Bodies = [ContentText.Json("SinkChange")],
            Answers = [AnswerText.Json("Sink", "As it is now.")],
        },
        new($"DELETE {Base}/{{id}}", "Delete a sink") { Answers = [AnswerText.Nothing("It is gone, with its place and what it kept of rejected events.")] },
        new($"POST {Base}/{{id}}/test", "Send one event that says it is a test") { Answers = [AnswerText.Json("SinkTest", "What the receiver answered.")] },
        new($"POST {Base}/{{id}}/pause", "Hold a sink where it stands") { Answers = [AnswerText.Json("Sink", "As it is now.")] },
        new($"POST {Base}/{{id}}/resume", "Let a sink go on where it stood") { Answers = [AnswerText.Json("Sink", "As it is now.")] },
        new($"POST {Base}/{{id}}/replay", "Send events once more") { Bodies = [ContentText.Json("SinkReplayWish")], Answers = [AnswerText.Json("SinkReplay", "How many there are, and whether it was begun.")] },
        new($"GET {Base}/{{id}}/rejected", "What the receiver rejected and is kept") { Answers = [AnswerText.Json("RejectedList", "Oldest first, 1,000 at most.")] },
        new($"DELETE {Base}/{{id}}/rejected", "Forget what the receiver rejected") { Answers = [AnswerText.Json("Discarded", "How many events that were.")] });
}
