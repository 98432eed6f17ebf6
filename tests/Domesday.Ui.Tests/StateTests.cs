using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Events.Capture;
using Domesday.Ui.Administration.Capture;
using Domesday.Ui.Elements;
using Domesday.Ui.Layout;
using Domesday.Ui.OneEvent;
using Domesday.Ui.Refusals;
using Domesday.Ui.SignIn;

namespace Domesday.Ui.Tests;

/// <summary>Empty, failed, refused: told apart, and saying what to do.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task A_refusal_names_the_permission_and_who_can_give_it()
    {
        var page = await Rendered.PartAsync<Denied>(("What", "see the quarantine"), ("Needs", "quarantine"), ("WholeTenant", true));
        Assert.Equal("You may not see the quarantine", page.QuerySelector(".denied h2")!.TextContent);
        Assert.Contains("quarantine for the whole tenant", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("administrator", page.Body.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProblemKind.Invalid)]
    [InlineData(ProblemKind.NotFound)]
    [InlineData(ProblemKind.Unavailable)]
    [InlineData(ProblemKind.Corrupt)]
    public async Task A_failure_is_announced_with_its_reason_and_advice(ProblemKind kind)
    {
        var page = await Rendered.PartAsync<Failed>(("Problem", new Problem(kind, "It is like this.") { Faults = [new(null, "from", "is <wrong>")] }));
        var notice = page.QuerySelector("[role=alert]")!;
        Assert.Contains("It is like this.", notice.TextContent, StringComparison.Ordinal);
        Assert.Contains("is <wrong>", notice.TextContent, StringComparison.Ordinal);
        Assert.True(notice.QuerySelectorAll("p").Length >= 2);
    }

    [Fact]
    public async Task A_failure_says_its_reason_once()
    {
        var page = await Rendered.PartAsync<Failed>(("Problem", new Problem(ProblemKind.Invalid, "is not a time: write 2026-02-11", "from")));
        Assert.Equal(1, Count(page.Body!.TextContent, "is not a time"));
        var both = await Rendered.PartAsync<Failed>(("Problem", new Problem(ProblemKind.Invalid, "Two things are wrong.") { Faults = [new(null, "from", "is not a time"), new(null, "limit", "is no number")] }));
        Assert.Equal((1, 1), (Count(both.Body!.TextContent, "is not a time"), Count(both.Body.TextContent, "is no number")));
    }

    private static int Count(string text, string words) => text.Split(words).Length - 1;

    [Fact]
    public async Task What_is_not_there_leads_back_to_what_is()
    {
        var problem = new Problem(ProblemKind.NotFound, "There is nothing at this path.");
        var page = await Rendered.PartAsync<RefusalView>(Rendered.Frame() with { Path = "/ui/nothing", Principal = null }, ("Model", problem));
        Assert.Equal("/", page.QuerySelector("a")!.GetAttribute("href"));
        var ofEvent = await Rendered.PartAsync<RefusalView>(Rendered.Frame("tenant=acme") with { Path = "/ui/event/12" }, ("Model", problem));
        Assert.Equal("/ui/events?tenant=acme", ofEvent.QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Who_has_no_role_is_not_sent_to_an_empty_navigation()
    {
        var problem = new Problem(ProblemKind.Forbidden, "The credential lacks the permission audit.list.");
        Assert.DoesNotContain("navigation", (await Rendered.PartAsync<RefusalView>(("Model", problem))).Body!.TextContent, StringComparison.Ordinal);
        var frame = Rendered.Frame() with { Navigation = [new("Events", "/ui/events", "events", Permission.AuditList)] };
        Assert.Contains("navigation", (await Rendered.PartAsync<RefusalView>(frame, ("Model", problem))).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_policy_that_one_may_only_read_cannot_be_typed_into(bool mayChange, bool isDisabled)
    {
        var page = await Rendered.PartAsync<CaptureView>(("Model", new CaptureModel(new(CapturePolicy.Default, 0), mayChange)));
        Assert.Equal(isDisabled, page.QuerySelector("form fieldset")!.HasAttribute("disabled"));
        Assert.Equal(mayChange, page.QuerySelector("form button") is not null);
        Assert.Equal(isDisabled, page.QuerySelector(".denied") is not null);
    }

    [Fact]
    public async Task Who_may_not_see_proofs_is_told_so_instead_of_seeing_nothing()
    {
        var page = await Rendered.PartAsync<PlacePanel>(("Place", null), ("Sequence", 5L));
        Assert.Contains("proof.read", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PlaceState.Proven, "good", "Included")]
    [InlineData(PlaceState.NotSealed, "warning", "Not yet")]
    [InlineData(PlaceState.Broken, "error", "failed")]
    public async Task A_check_that_fails_never_looks_like_one_that_holds(PlaceState state, string kind, string words)
    {
        var page = await Rendered.PartAsync<PlacePanel>(("Place", new LedgerPlace(state, "leaf") { Root = "root" }), ("Sequence", 5L));
        Assert.Contains(words, page.QuerySelector($".notice.{kind} h2")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(state == PlaceState.Proven, page.Body!.TextContent.Contains("What this shows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_sign_in_keeps_the_name_and_points_at_the_reason()
    {
        var page = await Rendered.PartAsync<SignInView>(("Model", new SignInModel("The user or the password is not right.", "\"><b>jane") { IsRefused = true }));
        Assert.Equal("\"><b>jane", page.QuerySelector("#user")!.GetAttribute("value"));
        Assert.Equal("sign-in-detail", page.QuerySelector("#user")!.GetAttribute("aria-describedby"));
        Assert.Equal("", page.QuerySelector("#password")!.GetAttribute("value") ?? "");
    }

    [Fact]
    public void The_navigation_shows_what_may_be_opened_and_nothing_else()
    {
        NavigationItem whole = new("Integrity", "/ui/integrity", "integrity", Permission.ProofRead) { WholeTenant = true };
        NavigationItem events = new("Events", "/ui/events", "events", Permission.AuditList);
        var viewer = new Principal("acme", "user", "u", "viewer", Permission.AuditList | Permission.ProofRead) { Projects = ["p1"] };
        Assert.True(events.IsFor(viewer));
        Assert.False(whole.IsFor(viewer));
        Assert.True(whole.IsFor(viewer with { Projects = null }));
        Assert.False(events.IsFor(viewer with { Permissions = Permission.None }));
    }
}
