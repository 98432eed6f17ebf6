using Domesday.Events;

namespace Domesday.Ingest.Tests.OtlpLogs;

/// <summary>OpenTelemetry's own exporters for JavaScript, as npm has them, send to a running service.</summary>
public class OtlpExporterTests
{
    private static readonly Lazy<Task<string?>> Installed = new(InstallAsync);

    [Theory]
    [InlineData("http", "/v1/logs")]
    [InlineData("proto", "/ingest/otlp/v1/logs")]
    public async Task A_real_exporter_is_content_and_everything_it_sent_is_there(string kind, string path)
    {
        var npm = OutsideProgram.Need("npm", "/usr/bin/npm", "/usr/local/bin/npm");
        var folder = await Installed.Value;
        Assert.SkipUnless(folder is not null, "The exporters could not be installed from npm.");
        await using var host = await IngestHost.StartAsync();
        var (status, output) = await OutsideProgram.RunAsync(Path.Combine(Path.GetDirectoryName(npm)!, "node"), folder!, "send.mjs", kind, new Uri(host.Url, path).ToString());
        Assert.True(status == 0, output);
        var stored = await host.EventsAsync();
        Assert.Equal(["u1", "u2", "u3", "u4", "u5"], stored.Select(one => one.Actor!.Id!).Order(StringComparer.Ordinal));
        Assert.All(stored, one =>
        {
            Assert.Equal(("shop", "delete", "order.deleted", "192.0.2.7", "é"), (one.Service, one.Action, one.Operation, one.Source!.Ip, one.Labels!["note"]));
            Assert.Equal((OutcomeResult.Success, 204, "eu-1"), (one.Outcome!.Result, one.Outcome.Status, one.Scope!.Region));
            Assert.Equal("9007199254740991", one.Raw!.Value.GetProperty("attributes")[0].GetProperty("value").GetProperty("intValue").ToString());
        });
        Assert.Empty(await host.QuarantineAsync());
    }

    private static async Task<string?> InstallAsync()
    {
        var folder = OutsideProgram.Artifacts("otlp-exporters");
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "OtlpLogs", "exporters"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        var (status, output) = await OutsideProgram.RunAsync("npm", folder, "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        if (status != 0) TestContext.Current.SendDiagnosticMessage(output);
        return status == 0 ? folder : null;
    }
}
