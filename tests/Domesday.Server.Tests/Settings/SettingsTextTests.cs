using Domesday.Server.Settings;

namespace Domesday.Server.Tests.Settings;

public sealed class SettingsTextTests
{
    [Fact]
    public void The_documentation_says_what_the_program_does()
    {
        // DOMESDAY_TEST_WRITE_DOCS=1 writes the page instead; so does `domesday serve --help-markdown > docs/configuration.md`.
        var page = Path.Combine(Root(), "docs", "configuration.md");
        if (Environment.GetEnvironmentVariable("DOMESDAY_TEST_WRITE_DOCS") == "1") File.WriteAllText(page, SettingsText.Markdown());
        Assert.Equal(SettingsText.Markdown(), File.ReadAllText(page));
    }

    [Fact]
    public async Task Help_names_every_setting_and_succeeds()
    {
        await using var output = new StringWriter();
        var parts = new ServeParts { OpenStore = (_, _) => throw new InvalidOperationException("Help opens no store.") };
        Assert.Equal(ServeHost.Done, await ServeHost.RunAsync(["--help"], new Dictionary<string, string>(), parts, output, TextWriter.Null, TestContext.Current.CancellationToken));
        foreach (var setting in SettingCatalog.All)
        {
            Assert.Contains(setting.Option + " ", output.ToString(), StringComparison.Ordinal);
            Assert.Contains(setting.Name, output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_exit_code_2_and_a_sentence()
    {
        await using var errors = new StringWriter();
        var parts = new ServeParts { OpenStore = (_, _) => throw new InvalidOperationException("A wrong setting opens no store.") };
        Assert.Equal(ServeHost.Misused, await ServeHost.RunAsync([], new Dictionary<string, string> { ["DOMESDAY_DTA"] = "x" }, parts, TextWriter.Null, errors, TestContext.Current.CancellationToken));
        Assert.Equal("There is no setting DOMESDAY_DTA; the nearest is DOMESDAY_DATA.\n", errors.ToString());
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_ends_with_exit_code_1_and_its_reason()
    {
        await using var errors = new StringWriter();
        var parts = new ServeParts { OpenStore = (_, _) => throw new IOException("Another process has the data folder open.") };
        Assert.Equal(ServeHost.Failed, await ServeHost.RunAsync([], new Dictionary<string, string>(), parts, TextWriter.Null, errors, TestContext.Current.CancellationToken));
        Assert.Contains("Another process has the data folder open.", errors.ToString(), StringComparison.Ordinal);
    }

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Domesday.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No Domesday.slnx above the test.");
        return folder;
    }
}
