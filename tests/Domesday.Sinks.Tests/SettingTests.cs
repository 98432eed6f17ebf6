using System.Text.Json.Nodes;
using Domesday.Core.Export;
using Domesday.Core.Forwarding;
using Domesday.Server.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Domesday.Sinks.Tests;

/// <summary>What forms are made of.</summary>
public sealed class SettingTests
{
    public static TheoryData<string> Types => new(SinkCatalog.Types.Select(type => type.Name));

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_setting_that_a_type_reads_has_words_for_people_and_no_words_are_about_nothing(string name)
    {
        var type = SinkCatalog.Types.Single(type => type.Name == name);
        var settings = new SinkSettings(new Dictionary<string, string>());
        using var folder = new TestFolder();
        var opened = type.Open(settings, new("snk_1", "acme", "test", EventFormats.Find(EventFormats.Json)!, EventFormats.Json, new(folder["files"], Stream.Null), TimeProvider.System, NullLogger.Instance));
        if (opened.IsOk) await opened.Value.DisposeAsync();
        Assert.Equal(settings.Asked.Select(form => form.Name).Order(StringComparer.Ordinal), type.Settings.Select(text => text.Name).Order(StringComparer.Ordinal));
        Assert.All(type.Secrets, secret => Assert.Contains(secret, type.Settings.Select(text => text.Name)));
    }

    [Fact]
    public async Task The_api_describes_each_setting_so_that_a_form_can_be_made_of_it()
    {
        await using var service = await TestService.StartAsync();
        var answer = JsonNode.Parse(await service.Admin.GetStringAsync("/audit/v1/sinks/types", TestContext.Current.CancellationToken))!;
        var syslog = answer["types"]!.AsArray().Single(type => (string)type!["name"]! == "syslog")!;
        JsonNode Setting(string name) => syslog["settings"]!.AsArray().Single(setting => (string)setting!["name"]! == name)!;
        Assert.True((bool)Setting("host")["required"]!);
        Assert.Equal(["udp", "tcp", "tls"], Setting("transport")["choices"]!.AsArray().Select(word => (string)word!));
        Assert.Equal(("number", 0L, 23L, "13"), ((string)Setting("facility")["kind"]!, (long)Setting("facility")["min"]!, (long)Setting("facility")["max"]!, (string)Setting("facility")["default"]!));
        Assert.Equal("lines", (string)Setting("ca")["kind"]!);
    }
}
