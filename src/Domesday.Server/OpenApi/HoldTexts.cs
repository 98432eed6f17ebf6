namespace Domesday.Server.OpenApi;

/// <summary>Legal holds: docs/retention.md.</summary>
internal static class HoldTexts
{
    private const string Base = "/audit/v1/holds";

    public static SurfaceText Surface { get; } = new("Holds", "Legal holds, which keep events beyond their retention: docs/retention.md.", "Problem",
        new($"GET {Base}", "The holds of the tenant") { Parameters = [new("released", Form.Choice("true", "false"), "`true`: those that were released, too.")], Answers = [AnswerText.Json("HoldList", "The holds, those in force first.")] },
        new($"GET {Base}/{{id}}", "One hold") { Answers = [AnswerText.Json("Hold", "The hold.")] },
        new($"POST {Base}", "Place a hold") { Details = "From the answer on nothing that it is about is dropped.", Bodies = [ContentText.Json("NewHold")], Answers = [AnswerText.Json("Hold", "It is in force.", 201)] },
        new($"POST {Base}/{{id}}/release", "Release a hold") { Details = "What only this one held goes with the next sweep, within an hour.", Bodies = [ContentText.Json("HoldRelease")], Answers = [AnswerText.Json("Hold", "As it is now.")] });
}
