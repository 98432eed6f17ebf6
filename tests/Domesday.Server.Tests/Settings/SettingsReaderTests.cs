using Domesday.Http.Parameters;
using Domesday.Server.Settings;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Tests.Settings;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Without_a_word_the_defaults_hold()
    {
        var settings = Good([], []);
        Assert.Equal(["http://127.0.0.1:1086"], settings.Urls);
        Assert.Equal(Path.GetFullPath("./data"), settings.Data);
        Assert.Equal((4 * 1024 * 1024, 64 * 1024 * 1024, 10_000), (settings.EventLimits.EventBytesMax, settings.BatchBytesMax, settings.BatchEventsMax));
        Assert.Equal(("domesday", LogLevel.Information, false), (settings.Origin, settings.LogLevel, settings.LogsJson));
        Assert.Null(settings.AdminPassword);
    }

    [Fact]
    public void The_command_line_goes_before_the_environment_and_the_environment_before_the_file()
    {
        File.WriteAllText(_file, """{"batch_events_max": 1, "batch_bytes_max": 100000, "event_bytes_max": 70000, "log_level": "error"}""");
        var settings = Good(["--batch-events-max", "3", "--config=" + _file], [("DOMESDAY_BATCH_EVENTS_MAX", "2"), ("DOMESDAY_BATCH_BYTES_MAX", "200000")]);
        Assert.Equal((3, 200_000, 70_000, LogLevel.Error), (settings.BatchEventsMax, settings.BatchBytesMax, settings.EventLimits.EventBytesMax, settings.LogLevel));
    }

    [Fact]
    public void Every_setting_can_be_said_in_all_three_ways()
    {
        foreach (var setting in SettingCatalog.All.Where(setting => setting.DefaultText is not null))
        {
            File.WriteAllText(_file, $$"""{"{{setting.Member}}": "{{setting.DefaultText}}"}""");
            Assert.Empty(SettingsReader.Read([setting.Option, setting.DefaultText!], new Dictionary<string, string>()).Faults);
            Assert.Empty(SettingsReader.Read([], new Dictionary<string, string> { [setting.Name] = setting.DefaultText! }).Faults);
            Assert.Empty(SettingsReader.Read(["--config", _file], new Dictionary<string, string>()).Faults);
        }
    }

    [Theory]
    [InlineData("https://portal.example.com,https://*.example.org:8443,http://localhost:3000", true)]
    [InlineData("*", false)]
    [InlineData("https://*", false)]
    [InlineData("https://portal.example.com/path", false)]
    [InlineData("https://a.example; script-src *", false)]
    [InlineData("'self'", false)]
    public void Origins_that_may_frame_the_viewer_say_no_more_in_its_policy_than_themselves(string text, bool isTaken) =>
        Assert.Equal(isTaken, SettingsReader.Read(["--viewer-origins", text], new Dictionary<string, string>()).Faults.Count == 0);

    [Theory]
    [InlineData("DOMESDAY_BATCH_EVENT_MAX", "DOMESDAY_BATCH_EVENTS_MAX")]
    [InlineData("DOMESDAY_URL", "DOMESDAY_URLS")]
    [InlineData("DOMESDAY_PORT", "DOMESDAY_")]
    public void An_unknown_variable_is_a_fault_that_names_the_nearest(string name, string nearest)
    {
        var fault = Assert.Single(Faults([], [(name, "1")]));
        Assert.Contains(name, fault, StringComparison.Ordinal);
        Assert.Contains("the nearest is " + nearest, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_options_and_members_name_the_nearest_too()
    {
        File.WriteAllText(_file, """{"loglevel": "info"}""");
        var faults = Faults(["--ulrs", "x", "--config", _file], []);
        Assert.Equal(2, faults.Count);
        Assert.Contains("the nearest is --urls", faults[0], StringComparison.Ordinal);
        Assert.Contains("the nearest is log_level", faults[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DOMESDAY_SERVER")]
    [InlineData("DOMESDAY_KEY")]
    [InlineData("DOMESDAY_USER")]
    [InlineData("DOMESDAY_PASSWORD")]
    [InlineData("DOMESDAY_TENANT")]
    [InlineData("DOMESDAY_TEST_POSTGRES")]
    [InlineData("PATH")]
    public void Variables_of_other_programs_are_left_alone(string name) => Assert.Empty(Faults([], [(name, "x")]));

    [Fact]
    public void An_empty_variable_is_one_that_nobody_set() => Assert.Null(Good([], [("DOMESDAY_ADMIN_PASSWORD", "")]).AdminPassword);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Faults(["stray", "--log-level", "loud", "--batch-events-max"], [("DOMESDAY_URLS", "ftp://x"), ("DOMESDAY_EVENT_BYTES_MAX", "12"), ("DOMESDAY_NOISE", "1")]);
        Assert.Equal(6, faults.Count);
    }

    [Theory]
    [InlineData("--urls", "")]
    [InlineData("--urls", "127.0.0.1:1086")]
    [InlineData("--urls", "unix:/tmp/socket")]
    [InlineData("--urls", "http://127.0.0.1:99999")]
    [InlineData("--urls", "http://127.0.0.1:1086/base")]
    [InlineData("--urls", "https://127.0.0.1:1086")]
    [InlineData("--store", "sqlite")]
    [InlineData("--store", "postgres")]
    [InlineData("--postgres", "Host=x")]
    [InlineData("--admin-password", "short")]
    [InlineData("--tls-cert", "cert.pem")]
    [InlineData("--tls-key", "key.pem")]
    [InlineData("--origin", "two words")]
    [InlineData("--origin", "a+b")]
    [InlineData("--event-bytes-max", "67108865")]
    [InlineData("--batch-bytes-max", "-1")]
    [InlineData("--batch-bytes-max", "65536")]
    [InlineData("--batch-events-max", "0")]
    [InlineData("--batch-events-max", "1e3")]
    [InlineData("--log-format", "xml")]
    [InlineData("--config", "/nowhere/at/all.json")]
    public void A_value_that_is_not_valid_is_one_fault_that_names_the_setting(string option, string value)
    {
        var fault = Assert.Single(Faults([option, value], []));
        Assert.Contains(option.TrimStart('-').Replace('-', '_'), fault.Replace("--", "", StringComparison.Ordinal).Replace('-', '_') + (option == "--config" ? "config" : ""), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"urls":"http://127.0.0.1:1","urls":"http://127.0.0.1:2"}""")]
    [InlineData("""{"urls":["http://127.0.0.1:1"]}""")]
    [InlineData("""{"config":"other.json"}""")]
    public void A_file_of_another_form_is_a_fault(string text)
    {
        File.WriteAllText(_file, text);
        Assert.Single(Faults(["--config", _file], []));
    }

    [Fact]
    public void An_option_said_twice_is_a_fault() => Assert.Single(Faults(["--data", "a", "--data", "b"], []));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("urls", "ulrs", 2)]
    public void Distance_counts_letters_put_in_taken_out_and_replaced(string left, string right, int distance)
    {
        Assert.Equal(distance, NearestName.Distance(left, right));
        Assert.Equal(distance, NearestName.Distance(right, left));
    }

    public void Dispose() => File.Delete(_file);

    private static ServiceSettings Good(string[] arguments, (string Name, string Value)[] environment)
    {
        var read = SettingsReader.Read(arguments, environment.ToDictionary(variable => variable.Name, variable => variable.Value));
        Assert.Empty(read.Faults);
        return ServiceSettings.From(read.Texts);
    }

    private static IReadOnlyList<string> Faults(string[] arguments, (string Name, string Value)[] environment) =>
        SettingsReader.Read(arguments, environment.ToDictionary(variable => variable.Name, variable => variable.Value)).Faults;
}
