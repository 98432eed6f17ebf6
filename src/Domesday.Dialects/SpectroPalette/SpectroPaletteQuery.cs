using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;

namespace Domesday.Dialects.SpectroPalette;

/// <summary>The parameters of the list of audits; both times are inclusive, empty values count as not given.</summary>
/// <param name="Passed">Events before this page: what its own offsets go on from.</param>
internal sealed record SpectroPaletteQuery(EventQuery Query, long Passed, bool IsTable)
{
    public static Result<SpectroPaletteQuery> Read(IQueryCollection query, AccessScope scope, SpectroPaletteOptions options)
    {
        var parameters = ParameterReader.Lenient(query);
        var (from, to) = (parameters.LenientMoment("startTime"), parameters.LenientMoment("endTime", end: true));
        var (limit, offset) = (parameters.Number("limit", 0, long.MaxValue), parameters.Number("offset", 0, long.MaxValue) ?? 0);
        var conditions = new List<FieldCondition> { VendorView.Condition };
        Add(EventField.ActorId, "userUid");
        Add(EventField.ScopeProjectId, "projectUid");
        Add(EventField.ResourceId, "resourceUid");
        if (parameters.Text("tenantUid") is { } tenant && tenant != scope.Tenant) conditions.Add(PaletteWords.Nothing);
        if (parameters.Texts("resourceKind") is { Count: > 0 } kinds) conditions.Add(FieldCondition.Is(EventField.ResourceType, kinds) with { IgnoreCase = true });
        if (parameters.Texts("actionType") is { Count: > 0 } types) AddActions(types);
        var (after, passed) = Continue(parameters, offset);
        var format = parameters.Text("format")?.ToLowerInvariant();
        if (format is not (null or "json" or "csv")) parameters.Refuse("format", "must be json or csv");
        if (parameters.Problem() is { } problem) return problem;
        return new SpectroPaletteQuery(new()
        {
            Filter = new() { From = from, To = to, Conditions = conditions },
            Order = EventOrder.Time,
            Limit = limit is null or 0 ? options.LimitMax : (int)Math.Min(limit.Value, options.LimitMax),
            After = after,
            Offset = after is null ? offset : 0,
            Total = true,
        }, passed, format == "csv");

        void Add(EventField field, string name)
        {
            if (parameters.Text(name) is { } value) conditions.Add(FieldCondition.Is(field, value));
        }

        void AddActions(IReadOnlyList<string> types)
        {
            foreach (var type in types.Except(PaletteWords.ActionTypes)) parameters.Refuse("actionType", $"must be one of {string.Join(", ", PaletteWords.ActionTypes)}");
            conditions.Add(PaletteWords.ActionType(types));
        }
    }

    /// <summary>A token goes before an offset, and knows how far it is.</summary>
    public static string ContinueAfter(PageCursor? cursor, long passed) =>
        cursor is { } next ? string.Create(CultureInfo.InvariantCulture, $"{passed}.{next}") : "";

    private static (PageCursor? After, long Passed) Continue(ParameterReader parameters, long offset)
    {
        if (parameters.Text("continue") is not { } token) return (null, offset);
        if (token.Split('.') is [var passed, var text] && long.TryParse(passed, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && PageCursor.TryParse(text, out var cursor) && cursor.Value.Tenant.Length == 0) return (cursor, count);
        parameters.Refuse("continue", "is not a token of an earlier page");
        return (null, offset);
    }
}
