namespace Domesday.Http.Parameters;

/// <summary>A view that every tenant has.</summary>
/// <param name="Id">For links; no saved view has such an id.</param>
public sealed record StockView(string Id, string Name, string Query);

/// <summary>The views that every tenant has: what auditors ask for first.</summary>
public static class StockViews
{
    public static IReadOnlyList<StockView> All { get; } =
    [
        new("failed-logins", "Failed logins", "from=-7d&action=login&result=failure"),
        new("deletions", "Deletions", "from=-7d&action=delete"),
        new("privilege-changes", "Privilege changes", "from=-30d&exclude_action=read&resource_type=role,role_assignment,role_binding,rolebindings,clusterrolebindings,grant,policy,permission,group,user,key,api_key,application,certificate"),
        new("exports", "Exports", "from=-30d&action=export,download"),
        new("outside-office-hours", "Outside office hours", $"from=-7d&{EventParameters.OutsideHours}=8-18&actor_type=user"),
    ];

    public static StockView? Find(string id) => All.FirstOrDefault(view => view.Id == id);
}
