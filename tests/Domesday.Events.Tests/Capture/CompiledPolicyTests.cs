using System.Text.Json;
using Domesday.Events.Capture;
using Domesday.Events.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Events.Tests.Capture;

/// <summary>The first rule that matches decides, and before an answer is there nothing is promised that cannot be kept.</summary>
public class CompiledPolicyTests
{
    private static readonly int[] Statuses = [200, 201, 301, 401, 403, 404, 500, 503];

    private static CaptureLevel LevelOf(CapturePolicy policy, string method, string target, string? user = null, int status = 200) =>
        CompiledPolicy.Compile(policy).Decide(method, RequestPath.Parse(target), user, status).Level;

    [Fact]
    public void Without_rules_the_level_is_that_of_everything_but_the_ignored_endpoints()
    {
        Assert.Equal(CaptureLevel.Metadata, LevelOf(CapturePolicy.Default, "POST", "/services/create"));
        Assert.Equal(CaptureLevel.Metadata, LevelOf(CapturePolicy.Default, "GET", "/containers/json"));
        Assert.Equal(CaptureLevel.None, LevelOf(CapturePolicy.Default, "GET", "/v1.41/_ping"));
        Assert.Equal(CaptureLevel.None, LevelOf(CapturePolicy.Default, "HEAD", "/containers/json"));
        Assert.Equal(CaptureLevel.Metadata, LevelOf(CapturePolicy.Default, "PROPFIND", "/containers/json"));
    }

    [Fact]
    public void The_first_matching_rule_decides()
    {
        var policy = new CapturePolicy
        {
            Level = CaptureLevel.Metadata,
            Rules =
            [
                new() { Level = CaptureLevel.None, Users = ["system:node:*"], Methods = ["GET"] },
                new() { Level = CaptureLevel.Request, Statuses = ["4xx", "500-503"] },
                new() { Level = CaptureLevel.Request, Paths = ["/services/**"], Methods = ["POST"] },
                new() { Level = CaptureLevel.None, Paths = ["/services/**"] },
                new() { Level = CaptureLevel.Metadata, Methods = ["HEAD"] },
            ],
        };
        Assert.Equal(CaptureLevel.None, LevelOf(policy, "GET", "/x", "system:node:n1", 404));
        Assert.Equal(CaptureLevel.Request, LevelOf(policy, "GET", "/x", null, 404));
        Assert.Equal(CaptureLevel.Request, LevelOf(policy, "GET", "/services/1", "alice", 503));
        Assert.Equal(CaptureLevel.Request, LevelOf(policy, "POST", "/v1.41/services/create", "alice"));
        Assert.Equal(CaptureLevel.None, LevelOf(policy, "GET", "/services/1", "alice"));
        Assert.Equal(CaptureLevel.Metadata, LevelOf(policy, "HEAD", "/x"));
        Assert.Equal(CaptureLevel.Metadata, LevelOf(policy, "GET", "/x"));
    }

    [Fact]
    public void Level_none_switches_everything_off_whatever_the_rules_say()
    {
        var policy = new CapturePolicy { Level = CaptureLevel.None, Rules = [new() { Level = CaptureLevel.Request }] };
        Assert.Equal(CaptureLevel.None, LevelOf(policy, "POST", "/services/create"));
    }

    [Fact]
    public void A_disguised_path_does_not_slip_through_a_rule_that_records_nothing()
    {
        var policy = new CapturePolicy { Level = CaptureLevel.Metadata, Rules = [new() { Level = CaptureLevel.None, Paths = ["/health/**"] }] };
        Assert.Equal(CaptureLevel.None, LevelOf(policy, "GET", "/health/live"));
        Assert.Equal(CaptureLevel.Metadata, LevelOf(policy, "DELETE", "/services/../health/x"));
        Assert.Equal(CaptureLevel.Metadata, LevelOf(policy, "DELETE", "/health/%2e%2e/services/x"));
    }

    [Fact]
    public void Before_the_answer_at_least_as_much_is_kept_as_any_status_asks_for() =>
        Prop.ForAll(Policies().ToArbitrary(), Gen.Elements("GET", "POST", "HEAD").ToArbitrary(), Gen.Elements("/a", "/a/b", "/b", "/info", "/a/../b").ToArbitrary(), (policy, method, target) =>
        {
            var compiled = CompiledPolicy.Compile(policy);
            var path = RequestPath.Parse(target);
            var before = compiled.DecideBefore(method, path, "alice");
            var after = Statuses.Select(status => compiled.Decide(method, path, "alice", status)).ToList();
            return after.TrueForAll(decision => decision.Level <= before.Level && decision.Fail <= before.Fail);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_policy_reads_back_as_it_was_written() =>
        Prop.ForAll(Policies().ToArbitrary(), policy =>
        {
            var json = JsonSerializer.Serialize(policy, CaptureJson.Default.CapturePolicy);
            return JsonSerializer.Serialize(JsonSerializer.Deserialize(json, CaptureJson.Default.CapturePolicy), CaptureJson.Default.CapturePolicy) == json;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_policy_needs_no_more_than_a_level_and_then_redacts_and_ignores_by_default()
    {
        var read = JsonSerializer.Deserialize("""{"level":"request"}""", CaptureJson.Default.CapturePolicy)!;
        var compiled = CompiledPolicy.Compile(read);
        Assert.Equal(CaptureLevel.Request, compiled.Decide("POST", RequestPath.Parse("/x"), null, 200).Level);
        Assert.Equal(CaptureLevel.None, compiled.Decide("GET", RequestPath.Parse("/info"), null, 200).Level);
        Assert.Equal("[redacted]", compiled.Redactor.Header("Authorization", "x"));
        Assert.Equal(CapturePolicy.BodyBytesDefault, read.BodyBytes);
    }

    [Fact]
    public void Every_fault_of_a_policy_is_named_at_once()
    {
        var faults = new List<Fault>();
        var policy = new CapturePolicy
        {
            Level = CaptureLevel.Metadata,
            BodyBytesMax = -1,
            Ignore = ["metrics"],
            Rules = [new() { Level = CaptureLevel.None, Methods = ["post"], Paths = ["x", "/**/**/**/**/**"], Users = [], Statuses = ["4x", "600-500", "99"] }],
            Redaction = new() { Names = ["-"], Bodies = [new() { Paths = ["y"], Members = ["password", "$.a b"] }] },
        };
        Assert.Null(CompiledPolicy.TryCompile(policy, faults));
        Assert.Equal(
            ["body_bytes_max", "rules[0].methods", "rules[0].statuses", "rules[0].statuses", "rules[0].statuses", "rules[0].users", "rules[0].paths", "rules[0].paths",
             "ignore", "redaction.bodies[0].members", "redaction.bodies[0].members", "redaction.bodies[0].paths", "redaction.names"],
            faults.Select(fault => fault.Field));
    }

    private static Gen<CapturePolicy> Policies()
    {
        var levels = Gen.Elements(CaptureLevel.None, CaptureLevel.Metadata, CaptureLevel.Request);
        var rules = from level in levels
                    from methods in Gen.Elements<IReadOnlyList<string>?>(null, ["GET"], ["POST", "HEAD"])
                    from paths in Gen.Elements<IReadOnlyList<string>?>(null, ["/a/**"], ["/b"])
                    from users in Gen.Elements<IReadOnlyList<string>?>(null, ["al*"], ["bob"])
                    from statuses in Gen.Elements<IReadOnlyList<string>?>(null, ["4xx"], ["200", "500-599"])
                    from fail in Gen.Elements(FailMode.Open, FailMode.Closed)
                    select new CaptureRule { Level = level, Methods = methods, Paths = paths, Users = users, Statuses = statuses, Fail = fail };
        return from level in levels
               from list in rules.ListOf()
               select new CapturePolicy { Level = level, Rules = [.. list.Take(8)] };
    }
}
