using Domesday.Core.Export;
using Domesday.Core.Query;
using Domesday.Events.Schema;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>Palette's own words for what events say, in both directions, so that what is shown is also what is found.</summary>
internal static class PaletteWords
{
    private const string Activity = "activity";
    private const string Other = "action";

    /// <summary>In the spelling of the documentation, the odd capital included.</summary>
    public static IReadOnlyList<string> ResourceKinds { get; } =
    [
        "apiKey", "appdeployment", "appprofile", "cloudaccount", "clustergroup", "clusterprofile", "edgehost", "edgetoken", "filter", "location", "plan", "privategateway", "project",
        "registry", "role", "spectrocluster", "sshkey", "team", "user", "virtualCluster", "workspace",
    ];

    public static IReadOnlyList<string> ActionTypes { get; } = ["create", "update", "delete", "publish", "deploy", Activity, Other];

    /// <summary>A filter that nothing passes.</summary>
    public static FieldCondition Nothing { get; } = FieldCondition.Is(EventField.Action);

    private static readonly string[] Activities = [Activity, "login", "logout", "read"];

    private static readonly Dictionary<string, string> KindSpellings = ResourceKinds.ToDictionary(kind => kind, StringComparer.OrdinalIgnoreCase);

    /// <summary>As documented, when it differs by case alone.</summary>
    public static string? KindOf(EntryFields entry) => entry.Text(EventField.ResourceType) is { } kind ? KindSpellings.GetValueOrDefault(kind, kind) : null;

    /// <summary>One of seven: signing in and reading are activities, and what has no word of its own is an action.</summary>
    public static string ActionTypeOf(EntryFields entry)
    {
        var action = entry.Text(EventField.Action)!;
        return ActionTypes.Contains(action) ? action : Activities.Contains(action) ? Activity : Other;
    }

    /// <summary>The events that show as one of these.</summary>
    public static FieldCondition ActionType(IReadOnlyList<string> types)
    {
        string[] named = [.. types.Where(type => type is not (Activity or Other)), .. types.Contains(Activity) ? Activities : []];
        if (!types.Contains(Other)) return FieldCondition.Is(EventField.Action, named);
        string[] left = [.. ActionTypes.Concat(Activities).Where(type => type != Other && !named.Contains(type)).Distinct()];
        return FieldCondition.Is(EventField.Action, left) with { Not = true };
    }
}
