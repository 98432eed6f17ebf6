using Domesday.Core.Export;
using Domesday.Http.Parameters;
using static Domesday.Server.OpenApi.SharedParameters;

namespace Domesday.Server.OpenApi;

/// <summary>Events in and out, the native way.</summary>
internal static class EventTexts
{
    private const string Base = "/audit/v1";
    private const string Lines = "application/x-ndjson";

    private static readonly string[] FacetFields = [.. EventParameters.Fields.Select(field => field.Name), "tenant"];

    public static SurfaceText Surface { get; } = new("Events", "Events in and out: docs/query.md, docs/export.md.", "Problem",
        new($"POST {Base}/events", "Append events")
        {
            Details = "All or nothing, unless `partial` or `quarantine` says otherwise. An event whose `id` is there already is a duplicate and is stored once. Bodies may come in gzip or br.",
            Parameters =
            [
                new("partial", Form.Flag, "What is good is stored, and the rest comes back under `rejected`."),
                new("quarantine", Form.Flag, "What is good is stored, and the rest is set aside to be looked at."),
            ],
            Bodies = [ContentText.Json("Event"), new(Lines, null)],
            Answers = [AnswerText.Json("Receipts", "On disk, and shown to queries.")],
        },
        new($"POST {Base}/import", "Take over records of another audit log")
        {
            Details = "An array of records, a page as that API gives it, or a record on each line. What was imported shows as the same records through that dialect.",
            Parameters = [new("from", Form.Choice("upcloud", "pcd", "runai", "palette", "ucp"), "Whose records they are.") { Required = true }, new("partial", Form.Flag, "What is good is stored, and the rest comes back under `rejected`.")],
            Bodies = [new("application/json", null), new(Lines, null)],
            Answers = [AnswerText.Json("Receipts", "On disk, and shown to queries.")],
        },
        new($"GET {Base}/events", "A page of events")
        {
            Parameters = [.. Named(Filters), .. Named(Order), new("limit", Form.Number(1, 1000, 50), "Events on the page."), .. Named(Paging)],
            Answers = [AnswerText.Json("EventPage", "The page.")],
        },
        new($"GET {Base}/events/{{**key}}", "One event, and what refers to it")
        {
            Parameters = [new("key", Form.Text, "Its sequence, or the producer's id, which may hold slashes.") { Place = ParameterPlace.Path }],
            Answers = [AnswerText.Json("EventWithNotes", "The event, and the notes on it.")],
        },
        new($"POST {Base}/events/{{sequence:long}}/notes", "Add a note to an event")
        {
            Details = "The note is an event of its own, with the resource and the scope of the first.",
            Bodies = [ContentText.Json("NewNote")],
            Answers = [AnswerText.Json("Receipt", "The note is on disk.", 201)],
        },
        new($"GET {Base}/events/{{sequence:long}}/attachments/{{sha256}}", "A body that the entry had no room for") { Answers = [new(200, "The body's JSON, canonical.", new ContentText("application/json", null))] },
        new($"GET {Base}/facets", "Values of fields, and how often each occurs")
        {
            Parameters = [.. Named(Filters), new("fields", Form.Choices(FacetFields), "Which fields; the common ones without it."), new("limit", Form.Number(1, 1000, 100), "Most values of each.")],
            Answers = [AnswerText.Json("Facets", "The values.")],
        },
        new($"GET {Base}/histogram", "Events over time")
        {
            Parameters = [.. Named(Filters), new("interval", Form.Choice("auto", "minute", "hour", "day"), "Width of a bucket; `auto` follows from the span.")],
            Answers = [AnswerText.Json("Histogram", "The buckets, in UTC.")],
        },
        new($"GET {Base}/export", "Everything that matches, as a file")
        {
            Details = "No limit of rows. An export that fails midway is cut off, so that it never looks complete.",
            Parameters =
            [
                .. Named(Filters), .. Named(Order), new("format", Form.Choice(ExportCatalog.Names), "The file's form; `ndjson` without it."),
                new("manifest", Form.Flag, "A last line that says what the export holds and binds it to a checkpoint; `ndjson` alone."),
            ],
            Answers = [new(200, "The file.", new ContentText(Lines, null), new ContentText("application/json", "Event[]"), new ContentText("text/csv", null))],
        },
        new($"GET {Base}/tail", "Events as they come")
        {
            Details = "Server-sent events: `id` is the sequence, `data` the event. It starts now, at `from_sequence`, or behind `Last-Event-ID`.",
            Parameters = [.. Named(Filters), new("Last-Event-ID", Form.Number(0), "The last event that was seen: goes on behind it.") { Place = ParameterPlace.Header }],
            Answers = [new(200, "The stream.", new ContentText("text/event-stream", null))],
        },
        new($"GET {Base}/gaps", "Numbers that are missing of producers that number their events")
        {
            Parameters = [new("producer", Form.Text, "This one alone."), new("missing", Form.Flag, "Only those that miss some.")],
            Answers = [AnswerText.Json("Gaps", "The producers.")],
        },
        new($"GET {Base}/quarantine", "What machines sent and no parser understood")
        {
            Parameters = [.. Named(Filters), .. Named(Order), new("limit", Form.Number(1, 100, 20), "Pieces on the page."), .. Named(Paging)],
            Answers = [AnswerText.Json("QuarantinePage", "The page.")],
        },
        new($"GET {Base}/quarantine/{{sequence:long}}", "One piece of quarantined input, with its bytes") { Answers = [AnswerText.Json("Quarantined", "The piece.")] },
        new($"POST {Base}/quarantine/{{sequence:long}}/replay", "Try again to read quarantined input") { Answers = [AnswerText.Json("Receipts", "What became of it.")] });
}
