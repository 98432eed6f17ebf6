using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Domesday.EndToEnd.Tests.Deploy;

/// <summary>The files under deploy/ say what the service understands, and start it with no more rights than it needs.</summary>
public sealed partial class DeployFileTests
{
    private const string Go = "/usr/lib/go-1.19/bin/go";
    private const string Chart = "deploy/helm/domesday";

    private static string Root { get; } = FindRoot();

    public static TheoryData<string> PlainYaml => [.. Files("*.yaml").Where(file => !file.Contains("/templates/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(PlainYaml))]
    public void Every_file_is_YAML(string file) => Assert.NotEmpty(Parse(Read(file)));

    [Fact]
    public void Every_variable_that_is_set_is_a_setting_of_the_service()
    {
        var known = Variable().Matches(Read("docs/configuration.md")).Select(match => match.Value).ToHashSet();
        var named = Files("*").SelectMany(file => Variable().Matches(Read(file)).Select(match => (File: file, Name: match.Value))).Where(one => !one.Name.EndsWith('_')).ToList();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, one => !known.Contains(one.Name));
    }

    [Fact]
    public void The_chart_has_the_options_of_PCD_by_name_and_refuses_others()
    {
        var values = (YamlMappingNode)Parse(Read($"{Chart}/values.yaml")).Single();
        using var schema = JsonDocument.Parse(Read($"{Chart}/values.schema.json"));
        var described = schema.RootElement.GetProperty("properties").EnumerateObject().Select(member => member.Name).Where(name => name != "global").Order();
        Assert.Equal(values.Children.Keys.Select(key => ((YamlScalarNode)key).Value).Order(), described);
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
        Assert.Subset(described.ToHashSet(), new HashSet<string> { "audit_pvc_size", "audit_pvc_sc", "audit_retention_days" });
        var types = schema.RootElement.GetProperty("properties").GetProperty("audit_retention_days").GetProperty("oneOf").EnumerateArray().Select(one => one.GetProperty("type").GetString());
        Assert.Equal(["integer", "string"], types);
    }

    [Theory]
    [InlineData("""{"audit_retention_days":30}""", "30")]
    [InlineData("""{"audit_retention_days":"30","audit_pvc_size":"6Gi","audit_pvc_sc":"custom-sc"}""", "30")]
    [InlineData("""{"replicas":3,"store":"postgres","ingress":{"enabled":true,"host":"audit.example.com","className":"nginx","tlsSecret":"tls"},"settings":{"DOMESDAY_ORIGIN":"audit.example.com"}}""", "7")]
    public async Task The_chart_renders_to_manifests_that_run_without_rights(string overrides, string days)
    {
        Assert.SkipUnless(File.Exists(Go), "Go is not installed: apt-get install golang-1.19-go. Helm itself is not in Debian; its templates are Go's.");
        var rendered = await RenderAsync(overrides);
        var documents = Parse(rendered).OfType<YamlMappingNode>().ToList();
        var set = documents.Single(document => Scalar(document, "kind") == "StatefulSet");
        var pod = Node(set, "spec", "template", "spec");
        Assert.Equal("true", Scalar(Node(pod, "securityContext"), "runAsNonRoot"));
        var container = ((YamlSequenceNode)Node(pod)["containers"]).Children.Single();
        Assert.Equal("true", Scalar(Node(container, "securityContext"), "readOnlyRootFilesystem"));
        Assert.Equal("false", Scalar(Node(container, "securityContext"), "allowPrivilegeEscalation"));
        var environment = ((YamlSequenceNode)Node(container)["env"]).Children.ToDictionary(one => Scalar(one, "name")!, one => Scalar(one, "value"));
        Assert.Equal(days, environment["DOMESDAY_RETENTION_DAYS"]);
        if (overrides.Contains("custom-sc", StringComparison.Ordinal))
        {
            var claim = Node(((YamlSequenceNode)Node(set, "spec")["volumeClaimTemplates"]).Children.Single(), "spec");
            Assert.Equal(("custom-sc", "6Gi"), (Scalar(claim, "storageClassName"), Scalar(Node(claim, "resources", "requests"), "storage")));
        }
        Assert.Equal(overrides.Contains("ingress", StringComparison.Ordinal), documents.Any(document => Scalar(document, "kind") == "Ingress"));
    }

    [Fact]
    public void Plain_manifests_and_the_unit_run_without_rights()
    {
        foreach (var file in Files("*.yaml").Where(file => file.Contains("kubernetes/", StringComparison.Ordinal)))
        {
            foreach (var wanted in (string[])["runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "drop: [ALL]", "/readyz", "/healthz"]) Assert.Contains(wanted, Read(file), StringComparison.Ordinal);
        }
        foreach (var wanted in (string[])["DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "SystemCallFilter="]) Assert.Contains(wanted, Read("deploy/systemd/domesday.service"), StringComparison.Ordinal);
        Assert.Contains("USER 1654", Read("deploy/Dockerfile"), StringComparison.Ordinal);
    }

    private static async Task<string> RenderAsync(string overrides)
    {
        var values = ToObject(Parse(Read($"{Chart}/values.yaml")).Single()) as Dictionary<string, object?>;
        values!["secret"] = "domesday";
        using var changes = JsonDocument.Parse(overrides);
        foreach (var change in changes.RootElement.EnumerateObject()) values[change.Name] = change.Value;
        var folder = Directory.CreateTempSubdirectory("domesday-chart-").FullName;
        try
        {
            var program = Path.Combine(folder, "render");
            await RunAsync(Go, ["build", "-o", program, Path.Combine(Root, "tests/chart-render/main.go")], folder);
            return await RunAsync(program, [Path.Combine(Root, Chart), JsonSerializer.Serialize(values)], folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string cache)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["GOCACHE"], start.Environment["GO111MODULE"], start.Environment["GOPROXY"]) = (cache, "off", "off");
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }

    private static IEnumerable<YamlNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Select(document => document.RootNode);
    }

    private static object? ToObject(YamlNode node) => node switch
    {
        YamlMappingNode mapping => mapping.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ToObject(pair.Value)),
        YamlSequenceNode sequence => sequence.Children.Select(ToObject).ToList(),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when int.TryParse(plain.Value, out var number) => number,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when bool.TryParse(plain.Value, out var boolean) => boolean,
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };

    private static YamlMappingNode Node(YamlNode node, params string[] path) => (YamlMappingNode)path.Aggregate(node, (current, name) => current[name]);

    private static string? Scalar(YamlNode node, string name) => ((YamlMappingNode)node).Children.TryGetValue(name, out var value) ? ((YamlScalarNode)value).Value : null;

    private static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Path.Combine(Root, "deploy"), pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Domesday.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests run outside of the project's folder.");
    }

    [GeneratedRegex("DOMESDAY_[A-Z0-9_]+")]
    private static partial Regex Variable();
}
