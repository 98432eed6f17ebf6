using Domesday.Core.Access;
using Domesday.Events;

namespace Domesday.Core.Control;

/// <summary>Who asks for something that is recorded, and from where.</summary>
/// <param name="Source">Null for the service itself.</param>
public sealed record ChangeAuthor(Actor Actor, EventSource? Source)
{
    /// <summary>The service, by its settings.</summary>
    public static ChangeAuthor Service { get; } = new(new Actor { Type = ActorType.System, Id = "domesday", Name = "domesday" }, null);

    public static ChangeAuthor Of(Principal principal, EventSource? source)
    {
        ArgumentNullException.ThrowIfNull(principal);
        var isUser = principal.Kind is PrincipalKinds.User or PrincipalKinds.Federated;
        return new(new Actor
        {
            Type = isUser ? ActorType.User : ActorType.Application,
            Id = principal.Id,
            Name = EventText.Clean(principal.Name),
            Credential = isUser ? null : principal.Id,
            OnBehalfOf = principal.Maker is { } maker ? Of(maker, null).Actor : null,
        }, source);
    }
}
