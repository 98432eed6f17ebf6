namespace Domesday.Server.OpenApi;

/// <summary>Erasing events: docs/erasure.md.</summary>
internal static class ErasureTexts
{
    private const string Base = "/audit/v1/erasures";

    public static SurfaceText Surface { get; } = new("Erasures", "Events that were erased, by whom and why: docs/erasure.md.", "Problem",
        new($"GET {Base}", "The erasures of the tenant") { Parameters = [new("limit", Form.Number(1, 1_000, 100), "How many are listed.")], Answers = [AnswerText.Json("ErasureList", "The erasures, newest first.")] },
        new($"GET {Base}/{{id}}", "One erasure") { Answers = [AnswerText.Json("Erasure", "The erasure.")] },
        new($"POST {Base}", "Erase events")
        {
            Details = "What refers to the events goes along: notes, corrections, alerts. Their places, ids and leaf hashes stay. 409 when a legal hold keeps one of them, when they tell of holds or erasures, and when `expected_count` differs.",
            Parameters = [new("preview", Form.Choice("true", "false"), "`true`: only says how many events it would be, as `preview` in the body.")],
            Bodies = [ContentText.Json("NewErasure")],
            Answers = [AnswerText.Json("ErasurePreview", "What would be erased: a preview."), AnswerText.Json("Erasure", "Nobody can read the events any more.", 201), AnswerText.Json("Erasure", "It is recorded, and carried out as soon as that is possible; `problem` says what it waits for.", 202)],
        });
}
