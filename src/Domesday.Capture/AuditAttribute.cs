namespace Domesday.Capture;

/// <summary>Says what an endpoint does, in an application's own words; on an action, a controller or, by <c>WithMetadata</c>, a route.</summary>
/// <param name="action">Lower-case verb, such as <c>refund</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class AuditAttribute(string action) : Attribute
{
    public string Action { get; } = action;

    /// <summary>Such as <c>order.refund</c>.</summary>
    public string? Operation { get; set; }

    public string? ResourceType { get; set; }

    /// <summary>Name of the route's value that is the resource's id.</summary>
    public string IdFrom { get; set; } = "id";
}
