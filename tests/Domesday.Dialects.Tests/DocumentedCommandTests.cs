using System.Diagnostics;
using System.Text.Json.Nodes;
using Domesday.Events;

namespace Domesday.Dialects.Tests;

/// <summary>The command lines of the vendors' documents, word for word but for address and credentials, in a real shell with the real curl.</summary>
public class DocumentedCommandTests
{
    private static readonly DateTimeOffset Past = new(2023, 4, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task UpClouds_list_of_servers()
    {
        await using var host = await StartAsync("server");
        var logs = JsonNode.Parse(await RunAsync(host, "UpCloud", "list.sh"))!["audit_logs"]!.AsArray();
        var log = Assert.Single(logs)!.AsObject();
        Assert.Equal(["time", "auth_type", "cloud_event_id", "upcloud_correlation_id", "resource_type", "action", "origin", "account_username", "resource_id"], log.Select(member => member.Key));
        Assert.Equal("server", log["resource_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task UpClouds_filter_options()
    {
        await using var host = await StartAsync("server");
        var options = JsonNode.Parse(await RunAsync(host, "UpCloud", "filter-options.sh"))!.AsObject();
        Assert.Equal(["resource_types", "actions", "origins"], options.Select(member => member.Key));
        Assert.All(options, member => Assert.All(member.Value!.AsArray(), value => Assert.NotEmpty(value!.GetValue<string>())));
        Assert.Contains("managed-database", options["resource_types"]!.AsArray().Select(value => value!.GetValue<string>()));
    }

    [Fact]
    public async Task UpClouds_export_into_a_file()
    {
        await using var host = await StartAsync("server");
        using var folder = new Domesday.Server.Tests.TestFolder();
        Directory.CreateDirectory(folder["work"]);
        Assert.Equal("", await RunAsync(host, "UpCloud", "export.sh", folder["work"]));
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder["work"], "audit-logs-export.csv"), TestContext.Current.CancellationToken);
        Assert.StartsWith("time,auth_type,cloud_event_id,", lines[0], StringComparison.Ordinal);
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
    }

    [Fact]
    public async Task Runais_first_records_since_a_day_without_leading_zeros()
    {
        await using var host = await StartAsync("Project");
        var records = JsonNode.Parse(await RunAsync(host, "RunAi", "k8s-audit.sh"))!.AsArray();
        var record = Assert.Single(records)!.AsObject();
        Assert.Equal(["id", "tenantId", "happenedAt", "action", "version", "entityId", "entityType", "sourceType", "sourceName", "context"], record.Select(member => member.Key));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", record["happenedAt"]!.GetValue<string>());
    }

    [Fact]
    public async Task Palettes_audits_of_projects_within_two_times_with_an_escaped_offset()
    {
        await using var host = await StartAsync("project", Timestamp.FromDateTimeOffset(Past));
        var body = JsonNode.Parse(await RunAsync(host, "SpectroPalette", "audits.sh"))!.AsObject();
        Assert.Equal(["items", "listmeta"], body.Select(member => member.Key));
        var item = Assert.Single(body["items"]!.AsArray())!.AsObject();
        Assert.Equal("project", item["spec"]!["resource"]!["kind"]!.GetValue<string>());
        Assert.Equal(["continue", "count", "limit", "offset"], body["listmeta"]!.AsObject().Select(member => member.Key));
    }

    private static async Task<DialectHost> StartAsync(string resourceType, Timestamp? time = null)
    {
        var host = await DialectHost.StartAsync();
        await DialectHost.AppendAsync(host.Service.Admin, new AuditEvent
        {
            Time = time ?? host.Ago(TimeSpan.FromHours(1)),
            Action = "create",
            Actor = new() { Type = ActorType.User, Name = "alice" },
            Resource = new() { Type = resourceType, Id = "r-1" },
        });
        return host;
    }

    /// <summary>What the command prints to standard output.</summary>
    private static async Task<string> RunAsync(DialectHost host, string dialect, string file, string? folder = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(DialectFixture.FolderOf(dialect), file), TestContext.Current.CancellationToken);
        var key = (await host.Service.KeyAsync("default", "read")).Text;
        text = text.Replace("https://api.upcloud.com", host.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("https://<COMPANY-URL>", host.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("https://api.spectrocloud.com", host.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("your_username:your_password", $"admin:{DialectHost.Password}", StringComparison.Ordinal)
            .Replace("<ACCESS-TOKEN>", key, StringComparison.Ordinal);
        // The documents' marks of footnotes, which no shell takes.
        text = System.Text.RegularExpressions.Regex.Replace(text, @" # \(\d\)", "");
        var start = new ProcessStartInfo("bash", ["-c", text]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath() };
        start.Environment["API_KEY"] = key;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
