using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Dialects.PlatformPcd;
using Domesday.Dialects.RunAi;
using Domesday.Dialects.SpectroPalette;
using Domesday.Dialects.UpCloud;
using Domesday.Http.Parameters;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Dialects.Tests;

/// <summary>Whatever a query string holds, it is read or refused, and never anything else; and a page that is read is one that the store answers.</summary>
public class ParameterFuzzTests
{
    private const int Cases = 3_000;

    private static readonly DateTimeOffset Now = new(2026, 2, 11, 22, 21, 2, TimeSpan.Zero);

    private static readonly string[] Names =
    [
        "limit", "offset", "actions", "origins", "resource_types", "created_after", "created_before", "q", "format", "start", "end", "action", "source_type", "sourceId", "entity_type", "clusterUuid", "success",
        "download", "numberOfSamples", "sortOrder", "sortBy", "filterBy", "file_type", "fileType", "region", "project_id", "user_id", "username", "resource_type", "service", "start_time", "end_time", "domain",
        "startTime", "endTime", "userUid", "projectUid", "tenantUid", "resourceUid", "resourceKind", "actionType", "continue", "LIMIT", "unknown",
    ];

    private static readonly string[] Values =
    [
        "", " ", "0", "1", "-1", "40", "50", "51", "200", "201", "500", "1000", "1001", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1e3", "0x10", "+5", "٣", "1.0", "NaN",
        "create", "create,delete", ",", ",,", "\\,", "\\", "gui", "api,gui,upcloud_internal", "User", "Application", "true", "TRUE", "false", "asc", "desc", "timestamp", "subject", "json", "CSV",
        "2022-1-1", "2022-13-1", "2022-02-30", "0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-02-11T22:21:02Z", "2026-02-11T22:21:02.1234567890123Z", "2026-02-11T22:21:02+05:30",
        "2026-02-11T22:21:02 05:30", "2026-02-11 22:21", "2026-02-11T24:00:00Z", "2026-02-11T23:59:60Z", "now", "subject==a", "subject==a,result!=Failed", "timestamp>=2026-02-11", "timestamp!=2026-02-11T22:21:02.12Z",
        "==", "a==", "subject=@", "'; DROP TABLE events; --", "<script>", "\u0000", "\uD800", "😀", "unknown", "00000000-0000-0000-0000-000000000000", "3.MSAxIDEg", "activity", "action,create", "virtualCluster",
    ];

    [Fact]
    public void UpCloud_reads_or_refuses() => Check(query =>
    {
        var read = UpCloudQuery.Read(query, Now, new());
        return read.IsOk ? IsSound(read.Value.Query, 200) : IsRefusal(read.Problem);
    });

    [Fact]
    public void Runais_old_route_reads_or_refuses() => Check(query =>
    {
        var read = RunAiHistoryQuery.Read(query);
        return read.IsOk ? read.Value.Query.Limit >= 1 && IsSound(read.Value.Query, 500) : IsRefusal(read.Problem);
    });

    [Fact]
    public void Runais_new_route_reads_or_refuses() => Check(query =>
    {
        var read = RunAiQuery.Read(query);
        return read.IsOk ? read.Value is { Samples: null or (>= 0 and <= 1_000), Offset: >= 0, Filter: { From: not null, To: not null } } : IsRefusal(read.Problem);
    }, "start=2026-01-01&end=2026-12-31");

    [Fact]
    public void Pcd_reads_or_refuses() => Check(query =>
    {
        var read = PlatformPcdQuery.Read(query, Now, new());
        return read.IsOk ? read.Value is { Limit: null or >= 0, Filter: { From: not null, To: not null } } : IsRefusal(read.Problem);
    });

    [Fact]
    public void Palette_reads_or_refuses() => Check(query =>
    {
        var read = SpectroPaletteQuery.Read(query, AccessScope.WholeTenant("acme"), new());
        return read.IsOk ? read.Value.Query.Limit >= 1 && IsSound(read.Value.Query, 50) : IsRefusal(read.Problem);
    });

    [Fact]
    public void A_time_is_read_or_refused_and_its_step_is_never_nothing() => Gen.Elements(Values).Or(ArbMap.Default.GeneratorFor<string>().Where(text => text is not null)).ToArbitrary()
        .HoldsFor(text => !LenientTime.TryParse(text, out var time, out var step) || step > 0 && time.ToDateTimeOffset().Year is >= 1 and <= 9999);

    [Fact]
    public void Every_moment_is_read_back_from_each_form_that_clients_write() => Gen.Choose(0, int.MaxValue).Select(seconds => DateTimeOffset.UnixEpoch.AddSeconds(seconds)).ToArbitrary().HoldsFor(moment =>
    {
        var offset = moment.ToOffset(TimeSpan.FromMinutes(330));
        string[] forms =
        [
            moment.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"), moment.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'+00:00'"), moment.ToString("yyyy-MM-dd'T'HH:mm:ss"),
            moment.ToString("yyyy-M-d HH:mm:ss"), offset.ToString("yyyy-MM-dd'T'HH:mm:ss'+05:30'"), offset.ToString("yyyy-MM-dd'T'HH:mm:ss' 05:30'"), offset.ToString("yyyy-MM-dd'T'HH:mm:ss'+0530'"),
        ];
        return forms.All(form => LenientTime.TryParse(form, out var time, out _) && time.ToDateTimeOffset() == moment);
    });

    private static bool IsSound(EventQuery query, int limitMax) => query.Limit >= 0 && query.Limit <= limitMax && query.Offset >= 0;

    private static bool IsRefusal(Problem problem) => problem.Kind == ProblemKind.Invalid && problem.Faults.All(fault => fault.Field.Length > 0 && fault.Reason.Length > 0);

    private static void Check(Func<IQueryCollection, bool> holds, string always = "")
    {
        var value = Gen.Frequency((4, Gen.Elements(Values)), (1, ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "")));
        var pair = Gen.Elements(Names).SelectMany(_ => value, (name, text) => $"{name}={Escape(text)}");
        Gen.ListOf(pair).Select(pairs => string.Join('&', pairs.Prepend(always))).ToArbitrary().HoldsFor(text => holds(new QueryCollection(QueryHelpers.ParseQuery(text))));
    }

    /// <summary>As a careless client does: half of what should be escaped is not.</summary>
    private static string Escape(string text) => text.Length % 2 == 0 && !text.Any(char.IsSurrogate) ? Uri.EscapeDataString(text) : text;

    internal const int CasesOfEach = Cases;
}

/// <summary>Says a property in the order in which it is read.</summary>
internal static class Properties
{
    public static void HoldsFor<T>(this Arbitrary<T> values, Func<T, bool> holds) => Prop.ForAll(values, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(ParameterFuzzTests.CasesOfEach));

    public static Gen<T> Or<T>(this Gen<T> one, Gen<T> other) => Gen.OneOf(one, other);
}
