using Domesday.Dialects.DockerUcp;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>One value changes and nothing else does; what is not TOML is refused by line and reason.</summary>
public class TomlDocumentTests
{
    private const string Sample = """
        # the whole of it
        title = "ucp"   # keep
        [auth]
          default_new_user_role = "restrictedcontrol"
          backend = 'managed'

          [auth.sessions]
            lifetime_minutes = 60
            renewal_threshold_minutes = 20

        [[registries]]
          host_address = "dtr.example.com:4443"
          ca_bundle = '''
        -----BEGIN CERTIFICATE-----
        level = "not this"
        -----END CERTIFICATE-----
        '''
        [[registries]]
          host_address = "other"

        [audit_log_configuration]
          level = "metadata" # the level
          support_dump_include_audit_logs = false

        [cluster_config]
          dns = ["1.1.1.1",
            "8.8.8.8", # comment with ] in it
          ]
          point = { x = 1, y = { z = "}" } }
          "quoted key".level = 1_000
          when = 1979-05-27T07:32:00-08:00
          ratio = 6.626e-34
        """;

    [Fact]
    public void Values_are_found_where_they_stand()
    {
        var toml = TomlDocument.Parse(Sample).Value;
        Assert.Equal("metadata", toml.Text("audit_log_configuration", "level"));
        Assert.False(toml.Flag("audit_log_configuration", "support_dump_include_audit_logs"));
        Assert.Equal("managed", toml.Text("auth", "backend"));
        Assert.Null(toml.Text("auth.sessions", "lifetime_minutes"));
        Assert.True(toml.Has("cluster_config.point.y", "z"));
        Assert.False(toml.Has("registries", "host_address"));
    }

    [Fact]
    public void One_value_is_changed_and_every_other_byte_stays()
    {
        var changed = TomlDocument.Parse(Sample).Value.With("audit_log_configuration", "level", "\"request\"");
        Assert.Equal(Sample.Replace("level = \"metadata\" #", "level = \"request\" #", StringComparison.Ordinal), changed);
    }

    [Theory]
    [InlineData("", "[log_configuration]\n  level = \"INFO\"\n")]
    [InlineData("a = 1", "a = 1\n\n[log_configuration]\n  level = \"INFO\"\n")]
    [InlineData("[log_configuration]\nhost = \"h\"\n", "[log_configuration]\n  level = \"INFO\"\nhost = \"h\"\n")]
    [InlineData("[log_configuration] # c", "[log_configuration] # c\n  level = \"INFO\"\n")]
    [InlineData("[x]\r\ny=1\r\n", "[x]\r\ny=1\r\n\r\n[log_configuration]\r\n  level = \"INFO\"\r\n")]
    public void A_value_that_is_missing_is_added_to_its_table(string before, string after)
    {
        Assert.Equal(after, TomlDocument.Parse(before).Value.With("log_configuration", "level", "\"INFO\""));
        Assert.Equal("INFO", TomlDocument.Parse(after).Value.Text("log_configuration", "level"));
    }

    [Theory]
    [InlineData("a = \"\\u00e9\\t\\\"\\\\\"", "é\t\"\\")]
    [InlineData("a = 'C:\\x'", "C:\\x")]
    [InlineData("a = \"\"\"\none\ntwo\"\"\"", "one\ntwo")]
    [InlineData("a = \"\"\"x \\\n   y\"\"\"", "x y")]
    [InlineData("a = \"\"\"\"q\"\"\"\"", "\"q\"")]
    [InlineData("a = ''''q'''", "'q")]
    [InlineData("a = \"\"", "")]
    public void Texts_say_what_toml_says_they_say(string toml, string expected) => Assert.Equal(expected, TomlDocument.Parse("[t]\n" + toml).Value.Text("t", "a"));

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a = ", 1)]
    [InlineData("a = 1\nb = \"x", 2)]
    [InlineData("a = 01", 1)]
    [InlineData("a = 1 b = 2", 1)]
    [InlineData("a = 1\na = 2", 2)]
    [InlineData("[t]\n[t]", 2)]
    [InlineData("[t", 1)]
    [InlineData("a = [1, 2", 1)]
    [InlineData("a = {b = 1,\n}", 1)]
    [InlineData("a = \"\\q\"", 1)]
    [InlineData("a = \"\\ud800\"", 1)]
    [InlineData("a = yes", 1)]
    [InlineData("{\"logLevel\":\"INFO\"}", 1)]
    [InlineData("a = \"\u0001\"", 1)]
    public void What_is_not_toml_is_refused_with_its_line(string toml, int line)
    {
        var parsed = TomlDocument.Parse(toml);
        Assert.False(parsed.IsOk);
        Assert.Contains($"line {line} ", parsed.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed() => Assert.False(TomlDocument.Parse("a = " + new string('[', 9_000)).IsOk);

    [Fact]
    public void Mutated_configurations_are_refused_with_a_reason_or_changed_in_one_place() =>
        Prop.ForAll(Gen.Choose(0, Sample.Length - 1).ToArbitrary(), Gen.Elements("", "\"", "'", "[", "]", "=", "\n", "#", "{", "}", ",", "\\", "\"\"\"", "'''", "x", ".", "\r", "\0").ToArbitrary(), Gen.Choose(0, 4).ToArbitrary(),
            (at, sign, removed) =>
            {
                var mutant = Sample.Remove(at, Math.Min(removed, Sample.Length - at)).Insert(at, sign);
                var parsed = TomlDocument.Parse(mutant);
                if (!parsed.IsOk) return parsed.Problem.Detail.Length > 0;
                var changed = TomlDocument.Parse(parsed.Value.With("audit_log_configuration", "level", "\"none\""));
                return changed.IsOk && changed.Value.Text("audit_log_configuration", "level") == "none";
            }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Fact]
    public void Quoted_text_reads_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null && !text.Any(char.IsSurrogate)), text =>
            TomlDocument.Parse("[t]\na = " + TomlDocument.Quoted(text)) is { IsOk: true } parsed && parsed.Value.Text("t", "a") == text).QuickCheckThrowOnFailure();
}
