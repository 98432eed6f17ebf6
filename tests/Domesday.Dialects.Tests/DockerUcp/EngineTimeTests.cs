using System.Globalization;
using Domesday.Dialects.DockerUcp;
using Domesday.Events;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>Moments are understood in every form that clients of the Engine write, and no text breaks their reading.</summary>
public class EngineTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 11, 22, 21, 2, TimeSpan.Zero);

    [Theory]
    [InlineData("1548806400", "2019-01-30T00:00:00.000000Z")]
    [InlineData("1548806400.000000000", "2019-01-30T00:00:00.000000Z")]
    [InlineData("1548806400.123456789", "2019-01-30T00:00:00.123456Z")]
    [InlineData("1548806400.5", "2019-01-30T00:00:00.500000Z")]
    [InlineData("-1.5", "1969-12-31T23:59:59.500000Z")]
    [InlineData("2019-01-30T00:00:00Z", "2019-01-30T00:00:00.000000Z")]
    [InlineData("2019-01-30T05:30:00+05:30", "2019-01-30T00:00:00.000000Z")]
    [InlineData("2019-01-30T05:30:00 05:30", "2019-01-30T00:00:00.000000Z")]
    [InlineData("2019-01-30 00:00:00", "2019-01-30T00:00:00.000000Z")]
    [InlineData("2019-01-30T00:00:00.123456789Z", "2019-01-30T00:00:00.123456Z")]
    [InlineData("2019-01-30", "2019-01-30T00:00:00.000000Z")]
    [InlineData("10m", "2026-02-11T22:11:02.000000Z")]
    [InlineData("1h30m", "2026-02-11T20:51:02.000000Z")]
    [InlineData("1.5s", "2026-02-11T22:21:00.500000Z")]
    [InlineData("-1m", "2026-02-11T22:22:02.000000Z")]
    public void A_moment_is_read(string text, string expected)
    {
        Assert.True(EngineTime.TryParse(text, Now, out var time, out _));
        Assert.Equal(expected, time.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData(" ")]
    public void Nothing_says_nothing(string text)
    {
        Assert.True(EngineTime.TryParse(text, Now, out var time, out _));
        Assert.Null(time);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("1548806400.")]
    [InlineData("1548806400.1234567891")]
    [InlineData("99999999999999999999")]
    [InlineData("2019-13-01")]
    [InlineData("10x")]
    [InlineData("m")]
    [InlineData("-")]
    [InlineData("1e9")]
    [InlineData("999999999999h")]
    public void What_is_no_moment_is_refused(string text) => Assert.False(EngineTime.TryParse(text, Now, out _, out _));

    [Fact]
    public void No_text_breaks_the_reading() =>
        Prop.ForAll(Gen.Elements("1", "0", ".", "-", "+", ":", "T", "Z", "m", "h", "ns", "2019", " ", "é", "9999999999", "\0", "e").ListOf().Select(string.Concat).ToArbitrary(),
            text => EngineTime.TryParse(text, Now, out _, out _) || true).QuickCheckThrowOnFailure();

    [Fact]
    public void Seconds_to_the_microsecond_come_back_exactly() =>
        Prop.ForAll(Gen.Choose(-2_000_000_000, 2_000_000_000).ToArbitrary(), Gen.Choose(0, 999_999).ToArbitrary(), (seconds, micros) =>
            EngineTime.TryParse(string.Create(CultureInfo.InvariantCulture, $"{seconds}.{micros:d6}"), Now, out var time, out var isExact)
            && isExact && (time is null ? seconds == 0 && micros == 0 : time == new Timestamp(seconds * 1_000_000L + micros))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("stdout=1&tail=all", null, true)]
    [InlineData("stdout=1&tail=-1", null, true)]
    [InlineData("stdout=1&tail=x", null, true)]
    [InlineData("stdout=1&tail=99999999999999999999", null, true)]
    [InlineData("stderr=1&tail=0", 0L, false)]
    [InlineData("stdout=true&tail=5&unknown=1", 5L, true)]
    public void Parameters_mean_what_they_mean_to_the_engine(string query, long? tail, bool stdout)
    {
        var read = DockerUcpQuery.Read(Query(query), Now);
        Assert.Equal((tail, stdout), (read.Value.Tail, read.Value.Stdout));
    }

    [Theory]
    [InlineData("")]
    [InlineData("stdout=0&stderr=false")]
    [InlineData("stdout=1&since=x")]
    [InlineData("stdout=1&until=2019-99-99")]
    public void Parameters_that_mean_nothing_are_refused(string query) => Assert.False(DockerUcpQuery.Read(Query(query), Now).IsOk);

    [Fact]
    public void Both_ends_of_a_span_belong_to_it_to_the_nanosecond()
    {
        var filter = DockerUcpQuery.Read(Query("stdout=1&since=10.000000001&until=20.000000001"), Now).Value.Filter;
        Assert.Equal((new Timestamp(10_000_001), new Timestamp(20_000_001)), (filter.From, filter.To));
    }

    [Fact]
    public void No_parameter_breaks_the_reading() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), Gen.Elements("since", "until", "tail", "follow", "stdout", "loglines").ToArbitrary(), (text, name) =>
        {
            var query = new QueryCollection(new Dictionary<string, StringValues> { ["stderr"] = "1", [name] = text });
            var (read, support) = (DockerUcpQuery.Read(query, Now), DockerUcpQuery.ReadSupport(query, Now, 10));
            return (read.IsOk || read.Problem.Detail.Length > 0) && (support.IsOk || support.Problem.Faults.Count > 0);
        }).QuickCheckThrowOnFailure();

    private static QueryCollection Query(string text) => new(text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')).ToDictionary(part => part[0], part => new StringValues(part[1])));
}
