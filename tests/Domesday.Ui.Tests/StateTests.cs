using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Ui.Elements;
using Domesday.Ui.Layout;
using Domesday.Ui.OneEvent;
using Domesday.Ui.SignIn;

namespace Domesday.Ui.Tests;

/// <summary>Empty, failed, refused: told apart, and saying what to do.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task A_refusal_names_the_permission_and_who_can_give_it()
    {
        var page = await Rendered.PartAsync<Denied>(("What", "the quarantine"), ("Needs", "quarantine"), ("WholeTenant", true));
        Assert.NotNull(page.QuerySelector(".denied"));
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
