using Domesday.Core.Alerts;
using Domesday.Core.Control;
using Domesday.Core.Forwarding;
using Domesday.Core.Problems;
using Domesday.Events;
using Domesday.Ui.Alerts;
using Domesday.Ui.Elements;
using Domesday.Ui.Sinks;

namespace Domesday.Ui.Tests;

/// <summary>What the pages of sinks and alerts say and send.</summary>
public sealed class ForwardingTests
{
    private const string Hostile = "\"><script>alert(1)</script>";

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(127, "2 min 7 s")]
    [InlineData(7_200, "2 h")]
    [InlineData(90_061, "1 d 1 h")]
    public void How_long_something_waits_is_said_in_two_units_at_most(double seconds, string said) => Assert.Equal(said, Clock.Span(seconds));

    [Fact]
    public void A_rule_says_in_words_when_it_tells()
    {
        Assert.Equal("each event", AlertWords.Of(AlertConditions.Each, 0, 0, []));
        Assert.Equal("20 events within 1 min of the same actor id", AlertWords.Of(AlertConditions.Count, 20, 60, ["actor.id"]));
        Assert.Equal("actor id and source range not seen before", AlertWords.Of(AlertConditions.FirstSeen, 0, 0, ["actor.id", AlertConditions.SourceRange]));
        Assert.Equal("none for 2 h", AlertWords.Of(AlertConditions.Absence, 0, 7_200, []));
    }

    [Fact]
    public async Task A_form_is_made_of_what_a_type_says_and_shows_secrets_masked_and_values_as_text()
    {
        var page = await Rendered.PartAsync<SinkFields>(
            ("Type", new Kind()),
            ("Settings", (IReadOnlyList<SettingForm>)
            [
                new("url") { Title = "Address", IsRequired = true },
                new("token") { Title = "Token", IsSecret = true },
                new("mode") { Title = "Mode", Kind = SettingKind.Choice, Choices = ["fast", "slow"], Absent = "slow" },
                new("count") { Title = "Count", Kind = SettingKind.Number, Absent = "7", Min = 1, Max = 9 },
            ]),
            ("Sink", new SinkDefinition
            {
                Id = "snk_1",
                Tenant = "acme",
                Name = Hostile,
                Type = "kind",
                Settings = new Dictionary<string, string> { ["url"] = Hostile },
                Secrets = new Dictionary<string, string> { ["token"] = "sealed text" },
                PlaceOf = name => name,
            }));
        Assert.Equal(Hostile, page.QuerySelector("[name='settings.url']")!.GetAttribute("value"));
        Assert.Empty(page.QuerySelectorAll("script"));
        var token = page.QuerySelector("[name='settings.token']")!;
        Assert.Equal(("password", SinkDirectory.Mask, "secret"), (token.GetAttribute("type"), token.GetAttribute("value"), token.GetAttribute("data-kind")));
        Assert.DoesNotContain("sealed text", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal(["slow (usual)", "fast", "slow"], page.QuerySelectorAll("[name='settings.mode'] option").Select(option => option.TextContent));
        Assert.Contains("7 without it", page.QuerySelector("[name='settings.count']")!.ParentElement!.TextContent, StringComparison.Ordinal);
        // Where a sink begins is chosen once, when it is made.
        Assert.Null(page.QuerySelector("[name=start]"));
    }

    [Fact]
    public async Task A_rule_that_is_muted_says_until_when_and_one_whose_time_is_over_does_not()
    {
        var now = Rendered.Frame().Now;
        var rule = new AlertRecord { Id = "alr_1", Tenant = "acme", Name = "Deletions", Condition = AlertConditions.Each, Severity = "error", StartSequence = 0, MutedUntil = Timestamp.FromDateTimeOffset(now.AddHours(1)), CreatedAt = default, UpdatedAt = default };
        Assert.Contains("muted", await TextAsync(rule), StringComparison.Ordinal);
        Assert.Equal("watching", (await TextAsync(rule with { MutedUntil = Timestamp.FromDateTimeOffset(now.AddSeconds(-1)) })).Trim());
        Assert.Equal("off", (await TextAsync(rule with { Disabled = true })).Trim());
    }

    private static async Task<string> TextAsync(AlertRecord rule) => (await Rendered.PartAsync<AlertState>(("Line", new AlertLine(rule, 0, null)))).Body!.TextContent;

    /// <summary>A type of sinks that is none.</summary>
    private sealed class Kind : ISinkType
    {
        public string Name => "kind";

        public string Title => "Kind";

        public IReadOnlyList<SettingText> Settings => [];

        public IReadOnlyList<string> Secrets => ["token"];

        public Result<ISink> Open(SinkSettings settings, SinkContext context) => throw new NotSupportedException();
    }
}
