using System.Text;
using Domesday.Core.Access;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Ui.EventList;
using Domesday.Ui.Layout;

namespace Domesday.Ui.Tests;

/// <summary>What the page of events makes of its address, and shows of events.</summary>
public sealed class EventListTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static EventListState State(string query, string? columns = null, TimeZoneInfo? zone = null) =>
        EventListState.Of(UrlState.Of(query), AccessScope.WholeTenant("acme"), zone ?? TimeZoneInfo.Utc, columns, Now);

    [Fact]
    public void Without_a_time_it_is_the_last_day_newest_first()
    {
        var state = State("");
        Assert.Equal(Timestamp.FromDateTimeOffset(Now.AddDays(-1)), state.Filter.From);
        Assert.True(state.Descending);
        Assert.Equal(EventOrder.Time, state.Order);
        Assert.Null(state.Problem);
    }

    [Fact]
    public async Task The_head_says_until_when_and_in_which_zone_in_words_apart()
    {
        var model = new EventListModel(State("")) { Rows = new(ColumnChoice.Default, [], null), CompleteThrough = Timestamp.FromDateTimeOffset(Now) };
        var page = await Rendered.PartAsync<EventListView>(("Model", model));
        var words = string.Join(' ', page.QuerySelector(".page-head .hint")!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Complete through 2026-03-01 12:00:00, times in UTC", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_reading_are_left_out_until_they_are_asked_for()
    {
        Assert.Contains(State("").Filter.Conditions, condition => condition is { Field: EventField.Operation, Not: true } && condition.Values.Contains("events.list"));
        Assert.DoesNotContain(State("reads=true").Filter.Conditions, condition => condition.Field == EventField.Operation);
        Assert.DoesNotContain(State("operation=events.list").Filter.Conditions, condition => condition.Not && condition.Values.Contains("events.list"));
    }

    [Fact]
    public void Exports_are_never_left_out() =>
        Assert.DoesNotContain(State("").Filter.Conditions, condition => condition.Not && condition.Values.Any(value => value.Contains("export", StringComparison.Ordinal)));

    [Fact]
    public void What_the_download_is_asked_for_is_what_the_page_shows()
    {
        var state = State("action=create&exclude_service=a,b&q=x&columns=time&live=true&zone=UTC&tenant=acme&cursor=abc");
        Assert.Equal(["create"], state.Api.All("action"));
        Assert.Equal(["a", "b"], state.Api.All("exclude_service"));
        Assert.Equal("x", state.Api["q"]);
        Assert.All((string[])["columns", "live", "zone", "tenant", "cursor"], name => Assert.Null(state.Api[name]));
        Assert.Equal("-24h", state.Api["from"]);
    }

    [Fact]
    public void A_time_of_day_without_a_zone_is_one_in_the_zone_that_is_shown()
    {
        var berlin = TimeZoneInfo.CreateCustomTimeZone("Test/East", TimeSpan.FromHours(2), "East", "East");
        Assert.Equal("2026-02-01T08:00:00Z", State("from=2026-02-01T10:00", zone: berlin).Url["from"]);
        Assert.Equal("2026-02-01T10:00:00Z", State("from=2026-02-01T10:00:00").Url["from"]);
    }

    [Fact]
    public void Every_fault_of_an_address_is_said() => Assert.Equal(["acton", "from"], State("acton=x&from=yesterday").Problem!.Faults.Select(fault => fault.Field).Order());

    [Fact]
    public void A_choice_of_columns_keeps_order_and_widths_and_leaves_out_what_is_none()
    {
        var choice = ColumnChoice.Parse("action.120~time~nonsense~action.300~actor_name.5~service.99999");
        Assert.Equal("action.120~time~actor_name.50~service.900", choice.ToString());
        Assert.Same(ColumnChoice.Default, ColumnChoice.Parse("}body{display:none"));
        Assert.DoesNotContain("}body", ColumnChoice.Parse("time.1}body{x:1~action").ToCss(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_address_goes_before_the_remembered_columns() =>
        Assert.Equal(("service", "action"), (State("columns=service", "action").Columns.ToString(), State("", "action").Columns.ToString()));

    [Fact]
    public async Task Rows_show_events_as_text_with_names_before_ids()
    {
        var entry = new StoredEntry("acme", 7, Encoding.UTF8.GetBytes(
            """{"action":"create","actor":{"id":"u-1"},"outcome":{"result":"failure"},"resource":{"id":"r-1","name":"<b>x</b>"},"sequence":7,"time":"2026-02-11T22:21:02.123456Z"}"""));
        var page = await Rendered.PartAsync<EventRowsView>(("Model", new EventRows(ColumnChoice.Parse("time~actor_name~resource_name~result~service"), [entry], null)));
        var cells = page.QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()).ToList();
        Assert.Equal(["2026-02-11 22:21:02.123", "u-1", "<b>x</b>", "failure", "–"], cells);
        Assert.Equal("/ui/event/7", page.QuerySelector("td a")!.GetAttribute("href"));
    }

    [Fact]
    public void Bars_hold_every_event_of_the_time_and_are_not_too_many()
    {
        var from = Timestamp.FromDateTimeOffset(Now.AddDays(-1));
        var to = Timestamp.FromDateTimeOffset(Now);
        HistogramBucket[] buckets = [.. Enumerable.Range(0, 24 * 60).Select(minute => new HistogramBucket(new(from.Microseconds + minute * 60_000_000L), 2, minute % 2))];
        var model = HistogramModel.Of(new Histogram { Interval = HistogramInterval.Minute, Buckets = buckets, CompleteThrough = to }, from, to);
        Assert.InRange(model.Bars.Count, 24, 121);
        Assert.Equal((2 * 24 * 60, 12 * 60), (model.Bars.Sum(bar => bar.Count), model.Bars.Sum(bar => bar.Failures)));
        Assert.Equal("15 minutes", model.StepName);
    }

    [Theory]
    [InlineData(1, HistogramInterval.Minute)]
    [InlineData(30, HistogramInterval.Hour)]
    [InlineData(400, HistogramInterval.Day)]
    public void Bars_are_made_of_the_coarsest_counts_that_fit(int days, HistogramInterval expected) =>
        Assert.Equal(expected, HistogramModel.IntervalFor(HistogramModel.StepFor(Timestamp.FromDateTimeOffset(Now.AddDays(-days)), Timestamp.FromDateTimeOffset(Now))));
}
