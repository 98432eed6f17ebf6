using Domesday.EndToEnd.Tests;
using Microsoft.Playwright;

namespace Domesday.Browser.Tests;

/// <summary>Who may do what, and what is kept.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AdministrationTests(Site site)
{
    [Fact]
    public async Task A_user_is_made_with_a_password_shown_once_and_can_sign_in_with_it()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/users");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("newcomer");
        await visit.Page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("auditor");
        await visit.Button("Make user").ClickAsync();
        var password = (await visit.Page.Locator(".secret").TextContentAsync())!;
        await visit.Button("I have it").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("table.plain")).ToContainTextAsync("newcomer");
        await using var theirs = await site.SignInAsync("newcomer", password);
        Assert.Equal("Overview", await theirs.Heading.TextContentAsync());
        Assert.Equal(0, await theirs.Page.GetByText("Make a user").CountAsync());
    }

    [Fact]
    public async Task Every_fault_of_a_form_stands_beside_its_field()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/users");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("a:b");
        await visit.Page.GetByLabel("E-mail address").FillAsync("nowhere");
        await visit.Page.GetByLabel("Password").FillAsync("short");
        await visit.Button("Make user").ClickAsync();
        foreach (var label in (string[])["Name", "E-mail address", "Password"])
        {
            var field = visit.Page.GetByLabel(label, new() { Exact = true });
            await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
            var said = await field.GetAttributeAsync("aria-describedby");
            Assert.NotEmpty((await visit.Page.Locator("#" + said).TextContentAsync())!);
        }
        await Assertions.Expect(visit.Page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_fault_is_told_once_and_by_the_name_that_the_form_shows()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/keys");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("nothing");
        await visit.Button("Make key").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".field-error")).ToHaveTextAsync("Choose at least one.");
        await visit.GoAsync("/ui/me");
        await visit.Page.GetByLabel("Old password").FillAsync("not this one");
        await visit.Page.GetByLabel("New password").FillAsync("something longer");
        await visit.Button("Change it").ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("The old password is not right.")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_role_is_made_given_and_taken_away_again()
    {
        await using var visit = await site.SignInAsync();
        await site.UserAsync("helper", null);
        await visit.GoAsync("/ui/admin/roles");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("reader");
        await visit.Page.GetByLabel("audit.list").Last.CheckAsync();
        await visit.Button("Make role").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("section h2", new() { HasText = "reader" })).ToBeVisibleAsync();
        await visit.GoAsync("/ui/admin/users");
        await visit.Link("helper").ClickAsync();
        await visit.Page.GetByLabel("Give a role").SelectOptionAsync("reader");
        await visit.Button("Give role").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".grant-list")).ToContainTextAsync("reader");
        await using var theirs = await site.SignInAsync("helper");
        Assert.Equal(200, await theirs.GoAsync("/ui/events"));
        await visit.Button("Take away").ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("None: everything is refused.")).ToBeVisibleAsync();
        Assert.Equal(403, await theirs.GoAsync("/ui/events"));
        await Assertions.Expect(theirs.Page.Locator(".notice.denied")).ToContainTextAsync("You may not see this page");
    }

    [Fact]
    public async Task A_key_is_made_and_revoked()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/keys");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("shipper");
        await visit.Page.GetByLabel("write", new() { Exact = true }).CheckAsync();
        await visit.Button("Make key").ClickAsync();
        var key = (await visit.Page.Locator(".secret").TextContentAsync())!;
        using var program = new HttpClient { BaseAddress = site.Url };
        program.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await program.GetAsync("/audit/v1/me", TestContext.Current.CancellationToken)).StatusCode);
        await visit.Button("I have it").ClickAsync();
        await visit.Page.Locator("tr", new() { HasText = "shipper" }).GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tr", new() { HasText = "shipper" })).ToContainTextAsync("revoked");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await program.GetAsync("/audit/v1/me", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task The_capture_policy_is_changed_and_a_wrong_rule_is_pointed_at()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/capture");
        await visit.Page.GetByLabel("Rules").FillAsync("[{\"level\":\"request\",\"paths\":[\"no-slash\"]}]");
        await visit.Button("Save").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".field-error")).ToContainTextAsync("rules");
        await visit.Page.GetByLabel("Rules").FillAsync("{not json");
        await visit.Button("Save").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".field-error")).ToContainTextAsync("is not JSON");
        await visit.Page.GetByLabel("Rules").FillAsync("[{\"level\":\"request\",\"methods\":[\"POST\"],\"paths\":[\"/v2.0/**\"]}]");
        await visit.Page.GetByLabel("Level", new() { Exact = true }).SelectOptionAsync("request");
        // The form shows itself again when it was saved: to go anywhere before that would be undone by it.
        await visit.Page.RunAndWaitForRequestFinishedAsync(() => visit.Button("Save").ClickAsync(), new() { Predicate = request => request.IsNavigationRequest });
        await visit.GoAsync("/ui/admin/capture");
        await Assertions.Expect(visit.Page.GetByLabel("Level", new() { Exact = true })).ToHaveValueAsync("request");
        await Assertions.Expect(visit.Page.GetByLabel("Rules")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("/v2.0/\\*\\*"));
    }

    [Fact]
    public async Task A_tenant_is_made_with_its_retention_and_shown_apart()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/tenants");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("acme");
        await visit.Page.GetByLabel("Keep events for, days").FillAsync("90");
        await visit.Button("Make tenant").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("table.plain")).ToContainTextAsync("acme");
        await visit.GoAsync("/ui/admin/retention?tenant=acme");
        await Assertions.Expect(visit.Page.Locator(".facts").First).ToContainTextAsync("for 90 days");
        await visit.GoAsync("/ui/events?tenant=acme&from=1970-01-01&service=storage");
        Assert.Equal(0, await visit.TotalAsync());
        await Assertions.Expect(visit.Page.Locator(".notice.empty")).ToContainTextAsync("No events match");
    }

    [Fact]
    public async Task A_hold_is_placed_leads_to_its_events_and_is_released_with_a_reason()
    {
        await using var visit = await site.SignInAsync();
        await visit.GoAsync("/ui/admin/retention");
        await visit.Page.GetByLabel("Case", new() { Exact = true }).FillAsync("2 HKR 17/26 <b>");
        await visit.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync("order of the court");
        await visit.Page.GetByLabel("Only events that match").FillAsync("nonsense=1");
        await visit.Button("Place hold").ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".field-error")).ToContainTextAsync("nonsense");
        await visit.Page.GetByLabel("Only events that match").FillAsync("service=storage");
        await visit.Button("Place hold").ClickAsync();
        var row = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Holds in force" }).Locator("tr", new() { HasText = "2 HKR 17/26 <b>" });
        await Assertions.Expect(row).ToContainTextAsync("order of the court");
        await visit.GoAsync("/ui/integrity");
        await Assertions.Expect(visit.Page.Locator(".facts").First).ToContainTextAsync("on stays");
        await visit.GoAsync("/ui/admin/retention");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/events?**service=storage**");
        Assert.InRange(await visit.TotalAsync(), 1, Site.DemoEvents);
        await visit.GoAsync("/ui/admin/retention");
        await row.GetByText("Release").First.ClickAsync();
        await row.GetByLabel("Why").FillAsync("the case is closed");
        await row.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await visit.Page.GetByText("released before").ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Holds that were released" })).ToContainTextAsync("the case is closed");
    }

    [Fact]
    public async Task A_reader_of_one_project_sees_that_project_alone_and_no_administration()
    {
        Site.Need();
        await site.UserAsync("viewer", "project_viewer", "p-shop");
        await using var visit = await site.SignInAsync("viewer");
        await visit.GoAsync("/ui/events?from=-30d&columns=project_id");
        var projects = await visit.Page.Locator("td").AllTextContentsAsync();
        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.Equal("p-shop", project.Trim()));
        Assert.Equal(["Overview", "Events", "Sources", "Usage"], (await visit.Page.Locator("nav a").AllTextContentsAsync()).Select(name => name.Trim()));
        foreach (var path in (string[])["/ui/integrity", "/ui/admin/users", "/ui/admin/retention"]) Assert.Equal(403, await visit.GoAsync(path));
        Assert.Equal(404, await visit.GoAsync("/ui/events?tenant=acme"));
    }

    [Fact]
    public async Task Changing_ones_own_password_ends_the_session()
    {
        Site.Need();
        await site.UserAsync("changer", "auditor");
        await using var visit = await site.SignInAsync("changer");
        await visit.GoAsync("/ui/me");
        await visit.Page.GetByLabel("Old password").FillAsync(ServiceProcess.Password);
        await visit.Page.GetByLabel("New password").FillAsync("another long password");
        await visit.Button("Change it").ClickAsync();
        await visit.Page.WaitForURLAsync("**/ui/sign-in");
        Assert.Equal(401, await visit.GoAsync("/ui/me"));
        await using var again = await site.SignInAsync("changer", "another long password");
        Assert.Equal("Overview", await again.Heading.TextContentAsync());
    }
}
