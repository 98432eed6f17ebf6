using Domesday.Core.Access;
using Domesday.Events;
using Domesday.Http.Parameters;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Domesday.Server.Tests.Api;

/// <summary>What people write in a URL is understood, or refused with words that help.</summary>
public class ParameterTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 11, 22, 21, 2, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-02-11T22:21:02Z", "2026-02-11T22:21:02.000000Z")]
    [InlineData("2026-02-11t22:21:02.5z", "2026-02-11T22:21:02.500000Z")]
    [InlineData("2026-02-11T22:21:02+02:00", "2026-02-11T20:21:02.000000Z")]
    [InlineData("2026-02-11T22:21:02 02:00", "2026-02-11T20:21:02.000000Z")]
    [InlineData("2026-02-11 22:21:02 02:00", "2026-02-11T20:21:02.000000Z")]
    [InlineData("2026-02-11 22:21:02.123456-05:30", "2026-02-12T03:51:02.123456Z")]
    [InlineData("2026-02-11", "2026-02-11T00:00:00.000000Z")]
    [InlineData("now", "2026-02-11T22:21:02.000000Z")]
    [InlineData("-90s", "2026-02-11T22:19:32.000000Z")]
    [InlineData("-15m", "2026-02-11T22:06:02.000000Z")]
    [InlineData("now-24h", "2026-02-10T22:21:02.000000Z")]
    [InlineData("-7d", "2026-02-04T22:21:02.000000Z")]
    [InlineData("-2w", "2026-01-28T22:21:02.000000Z")]
    public void Times_are_read_as_people_write_them(string text, string expected)
    {
        Assert.True(TimeText.TryParse(text, Now, out var time, out var reason), reason);
        Assert.Equal(expected, time.ToString());
    }

    [Theory]
    [InlineData("yesterday", "-15m")]
    [InlineData("", "-15m")]
    [InlineData("-", "-15m")]
    [InlineData("-m", "-15m")]
    [InlineData("+15m", "-15m")]
    [InlineData("-1.5h", "-15m")]
    [InlineData("nowish", "-15m")]
    [InlineData("1700000000", "-15m")]
    [InlineData("2026-02-11T22:21:02", "zone")]
    [InlineData("2026-02-31", "does not exist")]
    [InlineData("-999999999d", "year 0001")]
    public void Other_times_are_refused_with_a_hint(string text, string hint)
    {
        Assert.False(TimeText.TryParse(text, Now, out _, out var reason));
        Assert.Contains(hint, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_a_time_or_is_not_but_never_a_crash() => Prop.ForAll<string>(text =>
    {
        var read = TimeText.TryParse(text ?? "", Now, out var time, out var reason);
        return read ? time.ToString().Length == Timestamp.TextLength : reason is { Length: > 0 };
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Values_that_were_joined_come_apart_as_they_were() => Prop.ForAll<NonEmptyArray<NonNull<string>>>(values =>
    {
        var texts = values.Get.Select(value => value.Get).ToList();
        return CommaList.Split(CommaList.Join(texts)).SequenceEqual(texts);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("a\\,b", new[] { "a,b" })]
    [InlineData("a\\\\,b", new[] { "a\\", "b" })]
    [InlineData("DOMAIN\\user", new[] { "DOMAIN\\user" })]
    [InlineData("a\\", new[] { "a\\" })]
    [InlineData("", new[] { "" })]
    public void A_backslash_keeps_a_comma(string text, string[] values) => Assert.Equal(values, CommaList.Split(text));

    [Theory]
    [InlineData("acton", "action")]
    [InlineData("resource", "resource_id")]
    [InlineData("ACTION", "action")]
    [InlineData("projectid", "project_id")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_guessed(string name, string? nearest) => Assert.Equal(nearest, NearestName.Of(name, ["action", "actor_name", "project_id", "resource_id"]));

    [Fact]
    public void Every_parameter_is_about_a_field_of_its_own()
    {
        Assert.Equal(EventParameters.Fields.Count, EventParameters.Fields.Select(field => field.Name).Distinct().Count());
        Assert.Equal(EventParameters.Fields.Count, EventParameters.Fields.Select(field => field.Field).Distinct().Count());
        Assert.All(Domesday.Core.Query.Facets.DefaultFields, field => Assert.NotNull(EventParameters.NameOf(field)));
    }

    [Fact]
    public void Any_parameters_are_read_or_refused_but_never_a_crash() => Prop.ForAll(Queries, query =>
    {
        var reader = new ParameterReader(new QueryCollection(query.ToDictionary()));
        var page = PageParameters.Query(reader, AccessScope.WholeTenant("acme"), Now);
        var problem = reader.Problem();
        return problem is null ? page.Limit is > 0 and <= 1_000 : problem.Faults.Count > 0 && problem.Faults.All(fault => fault.Reason.Length > 0);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static Arbitrary<KeyValuePair<string, StringValues>[]> Queries
    {
        get
        {
            string[] names = ["from", "to", "q", "q_mode", "limit", "order", "sort", "cursor", "offset", "total", "from_sequence", "to_sequence", .. EventParameters.Fields.Select(known => known.Name), .. EventParameters.Fields.Select(known => "exclude_" + known.Name)];
            var name = Gen.Frequency((9, Gen.Elements(names)), (1, ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => text.Get)));
            var value = Gen.OneOf(ArbMap.Default.GeneratorFor<string>(), Gen.Elements("", ",", "\\", "a,b", "-1", "0", "7", "99999999999999999999", "true", "now", "-5m", "2026-02-11", "asc", "time", "MSAwIDAg", "success", "10.0.0.1", "::1", "\0"));
            var pair = from key in name from values in Gen.ArrayOf(value) select KeyValuePair.Create(key, new StringValues(values));
            return Gen.ArrayOf(pair).Select(pairs => pairs.DistinctBy(one => one.Key, StringComparer.OrdinalIgnoreCase).ToArray()).ToArbitrary();
        }
    }
}
