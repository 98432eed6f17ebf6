using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Http.PlugIns;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>From an audit of Palette's to an event that shows as the same audit.</summary>
internal static class SpectroPaletteImport
{
    public static Result<AuditEvent> Read(JsonElement record)
    {
        var members = new RecordMembers(record);
        var (metadata, spec) = (members.Within("metadata"), members.Within("spec"));
        if (metadata.Time("creationTimestamp") is not { } time || metadata.Text("uid") is not { } id || spec.Text("actionType") is not { } action)
            return new Problem(ProblemKind.Invalid, "It is no audit of Palette: metadata.creationTimestamp, metadata.uid or spec.actionType is missing.");
        metadata.Text("deletionTimestamp");
        metadata.Text("lastModifiedTimestamp");
        var (actor, resource) = (spec.Within("actor"), spec.Within("resource"));
        var user = actor.Within("user");
        var resourceName = resource.Text("name");
        var labels = new Dictionary<string, string>();
        if (metadata.Text("name") is { } name && name != resourceName) labels[SpectroPaletteRecord.NameLabel] = name;
        Add(SpectroPaletteRecord.ContentLabel, spec.Text("contentMsg"));
        Add(SpectroPaletteRecord.FirstNameLabel, user.Text("firstName"));
        Add(SpectroPaletteRecord.LastNameLabel, user.Text("lastName"));
        Add(SpectroPaletteRecord.OrgLabel, user.Text("org"));
        var imported = new AuditEvent
        {
            Id = id,
            Time = time,
            Action = action,
            Operation = spec.Text("actionMsg"),
            Actor = ActorOf(actor, user),
            Resource = new() { Type = resource.Text("kind"), SubType = resource.Text("label"), Name = resourceName, Id = resource.Text("uid") },
            Scope = ScopeOf(actor.Within("project")),
            Reason = spec.Text("userMsg") is { } note ? new() { Text = note } : null,
            Labels = labels.Count > 0 ? labels : null,
        };
        return members.HasMore ? imported with { Raw = record.Clone() } : imported;

        void Add(string label, string? value)
        {
            if (value is not null) labels[label] = value;
        }
    }

    private static Actor ActorOf(RecordMembers actor, RecordMembers user) => actor.Text("actorType") switch
    {
        "user" => new() { Type = ActorType.User, Name = user.Text("emailId"), Id = user.Text("uid") },
        "system" => new() { Type = ActorType.System, Name = actor.Text("serviceName") },
        _ => new() { Type = ActorType.Service, Name = actor.Text("serviceName") },
    };

    private static EventScope? ScopeOf(RecordMembers project)
    {
        var (id, name) = (project.Text("uid"), project.Text("name"));
        return id is null && name is null ? null : new() { Project = new() { Id = id, Name = name } };
    }
}
