using System.Globalization;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Http.Parameters;
using Domesday.Ui.Layout;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Domesday.Ui.EventList;

/// <summary>What the page of events shows, all of it out of the URL.</summary>
public sealed record EventListState
{
    /// <summary>The page's own parameters, beside those that select events.</summary>
    private static readonly string[] OwnParameters = [.. ViewParameters.OfPage, "live", "cursor", Frame.TenantParameter];

    private static readonly string[] ReadOperations = ["events.list", "events.get", "events.facets", "events.histogram", "events.tail", "gaps.list", "quarantine.list", "quarantine.get", "log.entries", "report.usage"];

    /// <summary>Shows the records of people looking at this log, which would else push what they look for down the page.</summary>
    public const string ReadsParameter = "reads";

    public const string FromDefault = "-24h";

    /// <summary>What an all-embracing range begins with.</summary>
    public const string FromEver = "1970-01-01";

    public required UrlState Url { get; init; }

    /// <summary>The same selection of events, as the native API is asked for it.</summary>
    public required UrlState Api { get; init; }

    public required ColumnChoice Columns { get; init; }

    public EventFilter Filter { get; init; } = EventFilter.All;

    public bool Descending { get; init; } = true;

    public EventOrder Order { get; init; } = EventOrder.Time;

    public PageCursor? Cursor { get; init; }

    public Problem? Problem { get; init; }

    public bool ShowsReads => Url[ReadsParameter] == "true";

    public bool IsLive => Url["live"] == "true";

    /// <summary>As the URL says it.</summary>
    public string From => Url["from"] ?? (Url["to"] is null ? FromDefault : "");

    public static EventListState Of(UrlState url, AccessScope scope, TimeZoneInfo zone, string? columns, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(url);
        url = WithZone(WithZone(url, "from", zone), "to", zone);
        var api = ApiOf(url);
        var reader = new ParameterReader(new QueryCollection(api.Pairs.Concat(url.Only(["cursor"]).Pairs)
            .GroupBy(pair => pair.Name).ToDictionary(group => group.Key, group => new StringValues([.. group.Select(pair => CommaListed(group.Key, pair.Value))]))));
        var query = PageParameters.Query(reader, scope, now);
        return new()
        {
            Url = url,
            Api = api,
            Columns = ColumnChoice.Parse(url[ColumnChoice.Parameter] ?? columns),
            Filter = query.Filter,
            Order = query.Order,
            Descending = query.Descending,
            Cursor = query.After,
            Problem = reader.Problem(),
        };
    }

    /// <summary>Says the time and the hidden reads that the page assumes.</summary>
    public static UrlState ApiOf(UrlState url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var api = url.Without(OwnParameters);
        if (api["sort"] is null) api = api.With("sort", "time");
        if (api["from"] is null && api["to"] is null) api = api.With("from", FromDefault);
        return url[ReadsParameter] == "true" ? api : ReadOperations.Where(operation => !url.Has("operation", operation)).Aggregate(api, (state, operation) => state.Plus("exclude_operation", operation));
    }

    /// <summary>A time of day without a zone, as a browser's own field gives it, is one in the zone that the page shows.</summary>
    private static UrlState WithZone(UrlState url, string name, TimeZoneInfo zone)
    {
        if (url[name] is not { Length: 16 or 19 } text || !DateTime.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return url;
        if (zone is null || zone.IsInvalidTime(local)) return url;
        return url.With(name, new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(local, zone)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    private static string CommaListed(string name, string value)
    {
        var listed = UrlState.Empty.With(name, value).ToString();
        return QueryHelpers.ParseQuery(listed)[name].ToString();
    }
}
