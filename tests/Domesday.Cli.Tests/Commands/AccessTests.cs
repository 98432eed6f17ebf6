using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Cli.Tests.Commands;

public sealed class AccessTests : IAsyncLifetime
{
    private CliHost _cli = null!;

    public async ValueTask InitializeAsync() => _cli = await CliHost.StartAsync();

    public ValueTask DisposeAsync() => _cli.DisposeAsync();

    [Fact]
    public async Task A_user_is_made_with_a_role_signs_in_and_is_refused_once_disabled()
    {
        var made = await _cli.RunAsync("user", "create", "jane@example.com", "--role", "auditor", "--full-name", "Jane Doe");
        var password = Assert.Single(made.Lines);
        Assert.Contains("shown this once", made.Error, StringComparison.Ordinal);
        string[] asJane = ["query", "--user", "jane@example.com", "--password", password];
        await _cli.OutputAsync(asJane);
        Assert.Equal(1, (await _cli.RunAsync("{\"action\":\"read\"}"u8.ToArray(), ["send", "--user", "jane@example.com", "--password", password])).Code);
        var listed = await _cli.OutputAsync("user", "list");
        Assert.Matches("jane@example.com +Jane Doe +active +auditor", listed);
        Assert.DoesNotContain(password, listed, StringComparison.Ordinal);
        await _cli.OutputAsync("user", "disable", "jane@example.com");
        Assert.Equal(1, (await _cli.RunAsync(asJane)).Code);
        await _cli.OutputAsync("user", "enable", "jane@example.com");
        await _cli.OutputAsync(asJane);
        await _cli.OutputAsync("user", "sign-out", "jane@example.com");
        await _cli.OutputAsync("user", "delete", "jane@example.com");
        Assert.DoesNotContain("jane@example.com", await _cli.OutputAsync("user", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_comes_from_standard_input_and_replaces_the_one_before()
    {
        var first = Assert.Single((await _cli.RunAsync("user", "create", "joe", "--role", "auditor")).Lines);
        var changed = await _cli.RunAsync(Encoding.UTF8.GetBytes("A sentence that only Joe knows\n"), ["user", "password", "joe"]);
        Assert.Equal((0, ""), (changed.Code, changed.Out));
        await _cli.OutputAsync("query", "--user", "joe", "--password", "A sentence that only Joe knows");
        Assert.Equal(1, (await _cli.RunAsync("query", "--user", "joe", "--password", first)).Code);
    }

    [Fact]
    public async Task A_role_of_the_tenant_is_granted_to_an_application_within_a_project_and_taken_away()
    {
        Assert.Matches("exporter +.*audit.export", await _cli.OutputAsync("role", "create", "exporter", "--permissions", "audit.list,audit.export", "--title", "Takes copies"));
        var app = JsonNode.Parse((await _cli.RunAsync("app", "create", "nightly-export", "--json")).Out)!;
        var id = app["client_id"]!.GetValue<string>();
        Assert.Matches($"{id} +exporter +web", await _cli.OutputAsync("grant", "create", id, "--role", "exporter", "--project", "web"));
        Assert.Contains("exporter(web)", await _cli.OutputAsync("app", "list"), StringComparison.Ordinal);
        var inUse = await _cli.RunAsync("role", "delete", "exporter");
        Assert.Equal(1, inUse.Code);
        var grant = (await _cli.OutputAsync("grant", "list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Single(one => one["role"]!.GetValue<string>() == "exporter");
        await _cli.OutputAsync("grant", "delete", grant["id"]!.GetValue<string>());
        await _cli.OutputAsync("role", "delete", "exporter");
        Assert.DoesNotContain("exporter", await _cli.OutputAsync("role", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_applications_secret_is_replaced_and_never_listed()
    {
        var first = Assert.Single((await _cli.RunAsync("app", "create", "ci", "--role", "writer")).Lines);
        var id = JsonNode.Parse(await _cli.OutputAsync("app", "list", "--json"))!["client_id"]!.GetValue<string>();
        var second = Assert.Single((await _cli.RunAsync("app", "secret", id)).Lines);
        Assert.NotEqual(first, second);
        var listed = await _cli.OutputAsync("app", "list", "--json");
        Assert.DoesNotContain(first, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(second, listed, StringComparison.Ordinal);
        await _cli.OutputAsync("app", "delete", id);
        Assert.Empty(await _cli.OutputAsync("app", "list"));
    }

    [Fact]
    public async Task A_client_bundle_is_written_for_its_owner_alone_and_revoked_by_its_number()
    {
        await _cli.OutputAsync("user", "create", "jane", "--role", "auditor");
        var made = await _cli.RunAsync("client-bundle", "create", "--user", "jane", "--days", "30", "--output", _cli["bundle"]);
        Assert.True(made.Code == 0, made.Error);
        string[] files = ["ca.pem", "cert.pem", "env.sh", "key.pem"];
        Assert.Equal(files, Directory.GetFiles(_cli["bundle"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_cli["bundle"], "key.pem")));
        Assert.Contains("DOCKER_HOST=tcp://", await File.ReadAllTextAsync(Path.Combine(_cli["bundle"], "env.sh"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var serial = JsonNode.Parse(await _cli.OutputAsync("client-bundle", "list", "--json"))!["serial"]!.GetValue<string>();
        await _cli.OutputAsync("client-bundle", "revoke", serial);
        Assert.NotNull(JsonNode.Parse(await _cli.OutputAsync("client-bundle", "list", "--json"))!["revoked_at"]);
    }

    [Fact]
    public async Task A_wrong_role_permission_or_time_is_explained()
    {
        Assert.Contains("role", (await _cli.RunAsync("user", "create", "x", "--role", "emperor")).Error, StringComparison.Ordinal);
        Assert.Contains("permissions", (await _cli.RunAsync("role", "create", "x", "--permissions", "audit.everything")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _cli.RunAsync("grant", "create", "x", "--role", "auditor", "--expires", "soon")).Code);
        Assert.Equal(1, (await _cli.RunAsync("user", "delete", "nobody")).Code);
    }
}
