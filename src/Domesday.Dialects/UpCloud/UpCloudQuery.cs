using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.UpCloud;

/// <summary>The parameters of the list. Lists are repeated keys, commas, or both; both times are inclusive.</summary>
/// <param name="Unfamiliar">Values that no document names: parameter, field and value.</param>
internal sealed record UpCloudQuery(EventQuery Query, IReadOnlyList<(string Name, EventField Field, string Value)> Unfamiliar)
{
    private const int LimitMax = 200;
    private const int LimitDefault = 50;
    private const int ValuesMax = 200;
    private const string Internal = "upcloud_internal";

    /// <summary>The values in the documents and in the vendor's SDKs.</summary>
    public static IReadOnlyList<string> Actions { get; } =
    [
        "access-granted", "access-granted-kubeconfig", "access-modified", "access-update", "attach", "clone", "create", "delete", "detach", "login", "logout",
        "maintenance-start", "owner-change", "read", "start", "stop", "update", "writes-enable",
    ];

    /// <inheritdoc cref="Actions"/>
    public static IReadOnlyList<string> ResourceTypes { get; } =
    [
        "account", "auth", "init-script", "managed-database", "managed-loadbalancer", "managed-loadbalancer-certificate-bundle", "managed-object-storage", "network-gateway",
        "server", "ssh-key", "storage", "uks",
    ];

    public static IReadOnlyList<string> Origins { get; } = ["api", "gui", Internal];

    /// <summary>The origins that are shown as <c>upcloud_internal</c>.</summary>
    public static IReadOnlyList<string> InternalOrigins { get; } = [Internal, "internal"];

    public static Result<UpCloudQuery> Read(IQueryCollection query, DateTimeOffset now, UpCloudOptions options)
    {
        var parameters = ParameterReader.Lenient(query);
        var (limit, offset) = (parameters.Number("limit", 0, LimitMax), parameters.Number("offset", 0, long.MaxValue));
        var (after, before) = (parameters.LenientMoment("created_after"), parameters.LenientMoment("created_before", end: true));
        var conditions = new List<FieldCondition> { VendorView.Condition };
        var unfamiliar = new List<(string, EventField, string)>();
        Add("actions", EventField.Action, Actions);
        Add("resource_types", EventField.ResourceType, ResourceTypes);
        if (Origin(parameters) is { } origin) conditions.Add(origin);
        var search = parameters.Text("q") is { } text ? new TextSearch(text, SearchMode.Exact) : null;
        if (parameters.Problem() is { } problem) return problem;
        var filter = Since(now, options) with { To = before, Conditions = conditions, Search = search };
        if (after is not null) filter = filter with { From = after };
        return new UpCloudQuery(new() { Filter = filter, Order = EventOrder.Time, Limit = (int)(limit ?? LimitDefault), Offset = offset ?? 0, Total = true }, unfamiliar);

        void Add(string name, EventField field, IReadOnlyList<string> documented)
        {
            var values = parameters.Texts(name).Select(value => value.Trim()).Where(value => value.Length > 0).Distinct().ToList();
            if (values.Count > ValuesMax) parameters.Refuse(name, $"has more than {ValuesMax} values");
            else if (values.Count > 0) conditions.Add(FieldCondition.Is(field, values));
            unfamiliar.AddRange(values.Except(documented).Take(ValuesMax).Select(value => (name, field, value)));
        }
    }

    /// <summary>Everything that a list or an export shows when nothing else is said.</summary>
    public static EventFilter Since(DateTimeOffset now, UpCloudOptions options) =>
        new() { From = Timestamp.FromDateTimeOffset(now.AddDays(-options.HistoryDays)), Conditions = [VendorView.Condition] };

    /// <summary>Every record has one of three origins: what came neither over a GUI nor from within is shown as <c>api</c>, and so it is found as that.</summary>
    private static FieldCondition? Origin(ParameterReader parameters)
    {
        var values = parameters.Texts("origins").Select(value => value.Trim()).Where(value => value.Length > 0).Distinct().ToList();
        foreach (var value in values.Except(Origins)) parameters.Refuse("origins", $"must be among {string.Join(", ", Origins)}");
        string[] others = [.. values.Contains("gui") ? ["gui"] : Array.Empty<string>(), .. values.Contains(Internal) ? InternalOrigins : []];
        if (values.Count == 0) return null;
        if (!values.Contains("api")) return FieldCondition.Is(EventField.Origin, others);
        string[] left = [.. InternalOrigins.Prepend("gui").Except(others)];
        return left.Length == 0 ? null : FieldCondition.Is(EventField.Origin, left) with { Not = true };
    }
}
