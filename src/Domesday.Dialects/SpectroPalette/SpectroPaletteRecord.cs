using System.Text;
using Domesday.Core.Export;
using Domesday.Events.Schema;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>One event as Palette writes it.</summary>
/// <param name="notes">The newest note on each event that has one, by sequence.</param>
internal sealed class SpectroPaletteRecord(IReadOnlyDictionary<long, string> notes)
{
    public const string NameLabel = "palette.name";
    public const string ContentLabel = "palette.content_msg";
    public const string FirstNameLabel = "palette.first_name";
    public const string LastNameLabel = "palette.last_name";
    public const string OrgLabel = "palette.org";

    /// <summary>What a time shows that was never set: the zero of Go, which the vendor's service does not leave out.</summary>
    private const string NoTime = "0001-01-01T00:00:00.000Z";

    private const int MillisecondsLength = 23;

    public static IReadOnlyList<string> Columns { get; } = ["Time", "Type", "Resource Type", "Resource Name", "User", "Project", "Message", "Update Note"];

    public void Write(EntryFields entry, RecordJson json)
    {
        var time = TimeOf(entry);
        json.OpenObject();
        json.Name("metadata"u8);
        json.OpenObject();
        json.Member("creationTimestamp"u8, time);
        json.Member("deletionTimestamp"u8, NoTime);
        json.Member("lastModifiedTimestamp"u8, time);
        if (entry.Label(NameLabel) is { } name) json.Member("name"u8, name);
        else json.Optional("name"u8, entry.Raw(EventField.ResourceName));
        json.Member("uid"u8, entry.Raw(EventField.Id));
        json.CloseObject();
        json.Name("spec"u8);
        json.OpenObject();
        json.Optional("actionMsg"u8, ActionMessageOf(entry));
        json.Member("actionType"u8, PaletteWords.ActionTypeOf(entry));
        WriteActor(entry, json);
        json.Optional("contentMsg"u8, ContentMessageOf(entry));
        WriteResource(entry, json);
        json.Optional("userMsg"u8, NoteOf(entry));
        json.CloseObject();
        json.CloseObject();
    }

    /// <summary>What the vendor's console downloads, in the order of <see cref="Columns"/>.</summary>
    public void WriteCells(EntryFields entry, RecordRow row)
    {
        row.Cell(TimeOf(entry));
        row.Cell(PaletteWords.ActionTypeOf(entry));
        row.Cell(PaletteWords.KindOf(entry));
        row.Cell(entry.Raw(EventField.ResourceName, EventField.ResourceId));
        row.Cell(entry.Raw(EventField.ActorName, EventField.ActorId));
        row.Cell(entry.Raw(EventField.ScopeProjectName, EventField.ScopeProjectId));
        row.Cell(ActionMessageOf(entry));
        row.Cell(NoteOf(entry));
    }

    /// <summary>The two texts of one audit.</summary>
    public static void WriteMessages(EntryFields entry, RecordJson json)
    {
        json.OpenObject();
        json.Member("actionMsg"u8, ActionMessageOf(entry));
        json.Member("contentMsg"u8, ContentMessageOf(entry) ?? "");
        json.CloseObject();
    }

    /// <summary>The source's own words, else a sentence of the kind.</summary>
    private static string ActionMessageOf(EntryFields entry) => entry.Text(EventField.Operation)
        ?? string.Join(' ', new[] { entry.Text(EventField.Action), PaletteWords.KindOf(entry), entry.Text(EventField.ResourceName) ?? entry.Text(EventField.ResourceId) }.Where(word => word is not null));

    private static string? ContentMessageOf(EntryFields entry) => entry.Label(ContentLabel) ?? entry.Text(EventField.OutcomeReason);

    /// <summary>The newest note, else the reason that came with the event.</summary>
    private string? NoteOf(EntryFields entry) => notes.Count > 0 && notes.TryGetValue(entry.Sequence, out var note) ? note : entry.Text(EventField.ReasonText);

    private static string TimeOf(EntryFields entry) => string.Concat(Encoding.ASCII.GetString(entry.Raw(EventField.Time)[..MillisecondsLength]), "Z");

    private static void WriteActor(EntryFields entry, RecordJson json)
    {
        var type = entry.Is(EventField.ActorType, "user"u8) || !entry.Has(EventField.ActorType) && entry.Has(EventField.ActorName) ? "user"u8
            : entry.Is(EventField.ActorType, "system"u8) || !entry.Has(EventField.ActorType) ? "system"u8 : "service"u8;
        json.Name("actor"u8);
        json.OpenObject();
        json.Member("actorType"u8, type);
        if (entry.Has(EventField.ScopeProjectId) || entry.Has(EventField.ScopeProjectName))
        {
            json.Name("project"u8);
            json.OpenObject();
            json.Optional("name"u8, entry.Raw(EventField.ScopeProjectName));
            json.Optional("uid"u8, entry.Raw(EventField.ScopeProjectId));
            json.CloseObject();
        }
        if (type.SequenceEqual("user"u8)) WriteUser(entry, json);
        else json.Optional("serviceName"u8, entry.Raw(EventField.ActorName, EventField.ActorId));
        json.CloseObject();
    }

    private static void WriteUser(EntryFields entry, RecordJson json)
    {
        json.Name("user"u8);
        json.OpenObject();
        json.Optional("emailId"u8, entry.Raw(EventField.ActorName));
        json.Optional("firstName"u8, entry.Label(FirstNameLabel));
        json.Optional("lastName"u8, entry.Label(LastNameLabel));
        json.Optional("org"u8, entry.Label(OrgLabel));
        json.Optional("uid"u8, entry.Raw(EventField.ActorId));
        json.CloseObject();
    }

    private static void WriteResource(EntryFields entry, RecordJson json)
    {
        json.Name("resource"u8);
        json.OpenObject();
        json.Optional("kind"u8, PaletteWords.KindOf(entry));
        json.Optional("label"u8, entry.Raw(EventField.ResourceSubType));
        json.Optional("name"u8, entry.Raw(EventField.ResourceName));
        json.Member("uid"u8, entry.Raw(EventField.ResourceId));
        json.CloseObject();
    }
}
