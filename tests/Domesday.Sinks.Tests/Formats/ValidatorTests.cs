using System.Text;
using System.Text.Json.Nodes;
using Domesday.Core.Export;
using Domesday.Events;
using Domesday.Events.Json;
using Domesday.Server.Tests;
using Domesday.Storage.Conformance;

namespace Domesday.Sinks.Tests.Formats;

/// <summary>What leaves in each form is taken by programs that others wrote for it, whatever the events hold; and what is not of the form is not.</summary>
public class ValidatorTests
{
    private const int Events = 300;
    private const int BatchLines = 100;

    private static readonly string[] Actions = ["create", "enable", "disable", "login", "logout", "revoke", "assign", "rename", "k8s:escalate", "read", "start", "stopwatch"];
    private static readonly string?[] Types = [null, "user", "role", "grant", "api_key", "server", "data/security/user", "odd type\u0007\u0085 ]\"\\|="];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ocsf_events_are_what_the_published_schema_says()
    {
        var schema = new OcsfSchema();
        var all = (await LinesAsync(EventFormats.Ocsf)).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.All(all, one => Assert.True(schema.FaultsOf(one) is [], $"{string.Join("; ", schema.FaultsOf(one))}: {one.ToJsonString()}"));
        Assert.Equal([3001, 3002, 3005, 6003], all.Select(one => one["class_uid"]!.GetValue<int>()).Distinct().Order());
        var broken = all[0];
        (broken["severity_id"], broken["metadata"]!["bogus"], broken["time"]) = (7, 1, "now");
        Assert.Equal(["metadata.bogus is no attribute of it", "severity_id 7 is unknown", "time is no integer"], schema.FaultsOf(JsonNode.Parse(broken.ToJsonString())!.AsObject()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ecs_events_have_the_fields_and_types_of_Elastics_own_package()
    {
        using var folder = await NpmFolder.InstallAsync("Formats", "validators");
        var lines = await LinesAsync(EventFormats.Ecs);
        await AcceptedAsync(lines, file => folder.RunAsync("ecs.mjs", file), folder["events.ndjson"]);
        await RefusedAsync(lines[0].Replace("\"kind\":\"event\"", "\"kind\":\"event\",\"bogus\":1", StringComparison.Ordinal), file => folder.RunAsync("ecs.mjs", file), folder["broken.ndjson"]);
        await RefusedAsync(lines[0].Replace("\"sequence\":", "\"sequence\":\"text\",\"id\":", StringComparison.Ordinal), file => folder.RunAsync("ecs.mjs", file), folder["broken.ndjson"]);
        // The package knows names and types; which values go together stands in the field reference alone.
        Assert.All(lines, line => Assert.True(IsCategorized(JsonNode.Parse(line)!["event"]!), line));
    }

    [Fact]
    public async Task CloudEvents_are_read_by_their_own_library()
    {
        using var folder = await NpmFolder.InstallAsync("Formats", "validators");
        var lines = await LinesAsync(EventFormats.CloudEvents);
        await AcceptedAsync(lines, file => folder.RunAsync("cloudevents.mjs", file), folder["events.ndjson"]);
        await RefusedAsync(lines[0].Replace("\"source\":", "\"sauce\":", StringComparison.Ordinal), file => folder.RunAsync("cloudevents.mjs", file), folder["broken.ndjson"]);
    }

    [Fact]
    public async Task Cadf_events_are_valid_for_OpenStacks_own_classes()
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/pycadf/event.py"), "Needs the Debian package python3-pycadf.");
        using var folder = new TestFolder();
        var script = Path.Combine(AppContext.BaseDirectory, "Formats", "validators", "cadf.py");
        var lines = await LinesAsync(EventFormats.Cadf);
        await AcceptedAsync(lines, Run, folder["events.ndjson"]);
        await RefusedAsync(lines[0].Replace("\"action\":\"", "\"action\":\"bogus", StringComparison.Ordinal), Run, folder["broken.ndjson"]);

        async Task<(bool, string)> Run(string file) => await OutsideProgram.RunAsync(python, script, file) is var (status, output) ? (status == 0, output) : default;
    }

    [Fact]
    public async Task Cef_lines_are_taken_apart_by_liblognorm_into_what_was_put_together()
    {
        var program = OutsideProgram.Need("lognormalizer", "Debian package liblognorm-utils");
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder["cef.rulebase"], "version=2\nrule=:%f:cef%\n", Cancellation);
        var (entries, lines) = await BothAsync(EventFormats.Cef);
        var parsed = await NormalizedAsync(lines);
        Assert.Equal(entries.Count, parsed.Count);
        foreach (var (entry, event_) in entries.Zip(parsed))
        {
            var fields = event_["f"] ?? throw new InvalidOperationException($"not taken apart: {event_.ToJsonString()}");
            Assert.Equal("Domesday", fields["DeviceVendor"]!.GetValue<string>());
            Assert.Equal(OneLine(entry["operation"] ?? entry["action"]!), fields["SignatureID"]!.GetValue<string>());
            (string Key, JsonNode? Value)[] pairs = [("act", entry["action"]), ("suser", entry["actor"]?["name"]), ("cs2", entry["resource"]?["id"]), ("cs3", entry["resource"]?["name"]), ("request", entry["request"]?["uri"])];
            Assert.All(pairs, pair => Assert.Equal(pair.Value?.GetValue<string>(), fields["Extensions"]![pair.Key]?.GetValue<string>()));
        }
        Assert.Null((await NormalizedAsync(["CEF:0|Domesday|half"]))[0]["f"]);

        async Task<List<JsonNode>> NormalizedAsync(IReadOnlyList<string> lines)
        {
            await File.WriteAllTextAsync(folder["lines"], string.Concat(lines.Select(line => line + "\n")), Cancellation);
            var (status, output) = await OutsideProgram.RunAsync("/bin/sh", "-c", "exec \"$0\" -r \"$1\" -e json < \"$2\"", program, folder["cef.rulebase"], folder["lines"]);
            Assert.True(status == 0, output);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        }

        // The part before the extension has no way to write an end of a line.
        static string OneLine(JsonNode text) => text.GetValue<string>().Replace('\n', ' ').Replace('\r', ' ');
    }

    [Fact]
    public async Task Syslog_messages_are_taken_apart_by_rsyslog_into_what_was_put_together()
    {
        var (entries, lines) = await BothAsync(EventFormats.Rfc5424);
        var parsed = await RsyslogReading.OfAsync(lines, Cancellation);
        // rsyslog takes no years before 1970 and after 2099, which RFC 5424 allows.
        foreach (var (entry, message) in entries.Zip(parsed).Where(pair => string.CompareOrdinal(pair.First["time"]!.GetValue<string>(), "1970") > 0 && string.CompareOrdinal(pair.First["time"]!.GetValue<string>(), "2100") < 0))
        {
            Assert.Equal(("domesday", "domesday", entry["action"]!.GetValue<string>()), (message["hostname"]!.GetValue<string>(), message["app-name"]!.GetValue<string>(), message["msgid"]!.GetValue<string>()));
            Assert.Equal(entry["sequence"]!.GetValue<long>(), JsonNode.Parse(message["msg"]!.GetValue<string>())!["sequence"]!.GetValue<long>());
            var data = JsonNode.Parse(message["$!rfc5424-sd"]!.GetValue<string>())!["domesday@32473"]!;
            (string Name, JsonNode? Value)[] pairs = [("action", entry["action"]), ("actor", entry["actor"]?["name"]), ("resource", entry["resource"]?["name"]), ("resource_id", entry["resource"]?["id"]), ("resource_type", entry["resource"]?["type"])];
            Assert.All(pairs, pair => Assert.Equal(pair.Value is { } value ? OneLine(value) : null, data[pair.Name]?.GetValue<string>()));
        }
        var broken = lines[0].Replace("[domesday@32473 sequence=\"", "[domesday@32473 sequence=\"]\"", StringComparison.Ordinal);
        Assert.Equal("", (await RsyslogReading.OfAsync([broken], Cancellation))[0]["$!rfc5424-sd"]!.GetValue<string>());

        static string OneLine(JsonNode text) => new([.. text.GetValue<string>().Select(letter => char.IsControl(letter) ? ' ' : letter)]);
    }

    private static bool IsCategorized(JsonNode one)
    {
        string[] allowed = one["category"]![0]!.GetValue<string>() switch
        {
            "authentication" => ["start", "end", "info"],
            "configuration" => ["access", "change", "creation", "deletion", "info"],
            "iam" => ["admin", "change", "creation", "deletion", "group", "info", "user"],
            _ => [],
        };
        return one["type"]!.AsArray().All(type => allowed.Contains(type!.GetValue<string>())) && one["outcome"]?.GetValue<string>() is null or "success" or "failure" or "unknown" && one["kind"]!.GetValue<string>() == "event";
    }

    private static async Task AcceptedAsync(string[] lines, Func<string, Task<(bool IsDone, string Output)>> run, string file)
    {
        await File.WriteAllTextAsync(file, string.Concat(lines.Select(line => line + "\n")), Cancellation);
        var (isDone, output) = await run(file);
        Assert.True(isDone, output);
        Assert.Equal($"{lines.Length}", output.Trim());
    }

    private static async Task RefusedAsync(string line, Func<string, Task<(bool IsDone, string Output)>> run, string file)
    {
        await File.WriteAllTextAsync(file, line + "\n", Cancellation);
        Assert.False((await run(file)).IsDone);
    }

    /// <summary>All events of a service in a form: the varied ones, one of each action and type of resource, and what the service itself records.</summary>
    private static async Task<string[]> LinesAsync(string format)
    {
        await using var service = await ServiceAsync();
        return await LinesAsync(service, format);
    }

    /// <summary>Entries, and the same in a form.</summary>
    private static async Task<(IReadOnlyList<JsonNode> Entries, string[] Lines)> BothAsync(string format)
    {
        await using var service = await ServiceAsync();
        var entries = await LinesAsync(service, "ndjson");
        // Meanwhile the service has recorded that somebody read.
        return ([.. entries.Select(line => JsonNode.Parse(line)!)], (await LinesAsync(service, format))[..entries.Length]);
    }

    private static async Task<TestService> ServiceAsync()
    {
        var service = await SinkCalls.ServiceAsync();
        foreach (var batch in Varied().Chunk(BatchLines))
        {
            using var body = new StringContent(string.Concat(batch.Select(line => line + "\n")), Encoding.UTF8, "application/x-ndjson");
            using var answer = await service.Admin.PostAsync("/audit/v1/events", body, Cancellation);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        }
        return service;
    }

    private static async Task<string[]> LinesAsync(TestService service, string format)
    {
        var text = await service.Admin.GetStringAsync($"/audit/v1/export?format={format}&order=asc", Cancellation);
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, Events, 10_000);
        return lines;
    }

    private static IEnumerable<string> Varied()
    {
        foreach (var one in new EventGenerator(seed: 7).Next(Events)) yield return Encoding.UTF8.GetString(EventJson.Write(one));
        foreach (var (action, type) in Actions.SelectMany(action => Types.Select(type => (action, type))))
        {
            yield return Encoding.UTF8.GetString(EventJson.Write(new()
            {
                Action = action,
                Resource = type is null ? null : new Resource { Type = type, Id = action == "rename" ? null : "a|b\n=\\", Name = action == "login" ? null : "\ufffe\u001f]" },
                Outcome = action == "login" ? new Outcome { Result = OutcomeResult.Failure, Reason = "no\r\npassword=\u2028" } : null,
                Labels = new Dictionary<string, string> { ["a.b"] = "1", ["a_b"] = "2", ["a.b_"] = "3" },
            }));
        }
    }
}
