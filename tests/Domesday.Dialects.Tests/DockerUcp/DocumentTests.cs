using System.Text.Json.Nodes;
using Domesday.Server.Tests;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>The commands of the vendor's documents, word for word but for host and credentials, run by a shell as its readers run them.</summary>
public sealed class DocumentTests : IDisposable
{
    /// <summary>What stands for the client bundle in the documents; a token stands in its place.</summary>
    private const string Bundle = "--cert ${DOCKER_CERT_PATH}/cert.pem --key ${DOCKER_CERT_PATH}/key.pem --cacert ${DOCKER_CERT_PATH}/ca.pem";

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task The_procedure_of_the_audit_document_works_step_by_step()
    {
        OutsideProgram.Needs("curl");
        await using var host = await DialectHost.StartAsync();
        Directory.CreateDirectory(_folder["home"]);
        await ShellAsync(host, $"curl {Bundle} -k -X GET https://ucp-domain/api/ucp/config/logging > auditlog.json");
        var file = Path.Combine(_folder["home"], "auditlog.json");
        var fetched = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal(["logLevel", "auditLevel", "supportDumpIncludeAuditLogs"], fetched.Select(member => member.Key));
        Assert.Equal(("INFO", "metadata", false), (fetched["logLevel"]!.GetValue<string>(), fetched["auditLevel"]!.GetValue<string>(), fetched["supportDumpIncludeAuditLogs"]!.GetValue<bool>()));
        // «Modify the auditLevel field to metadata or request.»
        await ShellAsync(host, "sed -i 's/\"auditLevel\":\"metadata\"/\"auditLevel\":\"request\"/' auditlog.json");
        var answer = await ShellAsync(host, $"curl {Bundle} -k -H \"Content-Type: application/json\" -X PUT --data $(cat auditlog.json) https://ucp-domain/api/ucp/config/logging");
        Assert.Equal("""{"logLevel":"INFO","auditLevel":"request","supportDumpIncludeAuditLogs":false}""", answer);
        Assert.Equal(answer, await ShellAsync(host, $"curl {Bundle} -k -X GET https://ucp-domain/api/ucp/config/logging"));
    }

    [Fact]
    public async Task The_commands_for_the_configuration_file_work_step_by_step()
    {
        OutsideProgram.Needs("curl");
        OutsideProgram.Needs("jq");
        await using var host = await DialectHost.StartAsync();
        Directory.CreateDirectory(_folder["home"]);
        var token = await ShellAsync(host, $$"""curl --silent --insecure --data '{"username":"admin","password":"{{DialectHost.Password}}"}' https://ucp-domain/auth/login | jq --raw-output .auth_token""");
        Assert.Matches(@"^[\w.-]+\s*$", token);
        var header = $"-H \"Authorization: Bearer {token.Trim()}\"";
        var toml = await ShellAsync(host, $"curl --silent --insecure -X GET \"https://ucp-domain/api/ucp/config-toml\" -H \"accept: application/toml\" {header} | tee ucp-config.toml");
        Assert.Contains("[audit_log_configuration]", toml, StringComparison.Ordinal);
        await ShellAsync(host, "sed -i 's/level = \"metadata\"/level = \"request\"/' ucp-config.toml");
        var put = await ShellAsync(host, $"curl --silent --insecure -X PUT -H \"accept: application/toml\" {header} --upload-file 'ucp-config.toml' https://ucp-domain/api/ucp/config-toml");
        Assert.Equal(["message"], JsonNode.Parse(put)!.AsObject().Select(member => member.Key));
        Assert.Contains("level = \"request\"", await ShellAsync(host, $"curl --silent --insecure -X GET \"https://ucp-domain/api/ucp/config-toml\" {header}"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> ShellAsync(DialectHost host, string line)
    {
        var command = line.Replace(Bundle, $"-H \"Authorization: Bearer {host.AdminKey}\"", StringComparison.Ordinal).Replace("https://ucp-domain", host.Url.ToString().TrimEnd('/'), StringComparison.Ordinal);
        var (code, output, errors) = await OutsideProgram.RunAsync("bash", ["-c", command], _folder["home"]);
        Assert.True(code == 0, $"{command}\n{errors}");
        return output;
    }
}
