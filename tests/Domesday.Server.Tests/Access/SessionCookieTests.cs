using System.Net;
using System.Text;

namespace Domesday.Server.Tests.Access;

/// <summary>Signing in on the web pages.</summary>
public sealed class SessionCookieTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_in_gives_a_cookie_that_no_script_reads_and_that_opens_the_native_api()
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var answer = await SignInAsync(client, service, TestService.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expires=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        var me = await TestService.GetAsync(client, "/audit/v1/me");
        Assert.Equal("admin", me["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_wrong_password_says_so_on_the_page_and_gives_no_cookie()
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var answer = await SignInAsync(client, service, "wrong password");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains("The user or the password is not right.", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "none", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://elsewhere.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("X-Nothing", "", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.Created)]
    [InlineData("Origin", "own", HttpStatusCode.Created)]
    public async Task With_the_cookie_a_change_is_taken_from_our_own_pages_only(string header, string value, HttpStatusCode expected)
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var signedIn = await SignInAsync(client, service, TestService.Password);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/audit/v1/tenants") { Content = new StringContent("{\"name\":\"made\"}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation(header, value == "own" ? Own(service) : value);
        using var answer = await client.SendAsync(request, Cancellation);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_form_of_another_site_cannot_sign_somebody_in()
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var answer = await SignInAsync(client, service, TestService.Password, "https://elsewhere.example");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Signing_signedOutends_the_session_itself_and_not_only_the_cookie()
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var signedIn = await SignInAsync(client, service, TestService.Password);
        var token = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1];
        using var signedOut = await PostAsync(client, service, "/ui/sign-out", [], Own(service));
        Assert.Equal("/ui/sign-in", signedOut.Headers.Location!.OriginalString);
        using var again = service.Bearer(token);
        Assert.Equal(HttpStatusCode.Unauthorized, await again.StatusAsync(HttpMethod.Get, "/audit/v1/me"));
    }

    [Fact]
    public async Task A_page_withsignedOuta_session_is_the_form_for_signing_in_and_leads_back_to_the_page()
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var asked = await client.GetAsync("/ui/events?action=delete", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, asked.StatusCode);
        Assert.False(asked.Headers.Contains("WWW-Authenticate"), "Browsers would show a window of their own.");
        Assert.Contains("action=\"/ui/sign-in\"", await asked.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var answer = await SignInAsync(client, service, TestService.Password, referer: new Uri(service.Url, "/ui/events?action=delete").ToString());
        Assert.Equal("/ui/events?action=delete", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("https://elsewhere.example/ui/events")]
    [InlineData("not an address")]
    public async Task Signing_in_never_leads_to_another_site(string referer)
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        using var answer = await SignInAsync(client, service, TestService.Password, referer: referer);
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Every_page_forbids_inline_scripts_and_frames()
    {
        await using var service = await TestService.StartAsync();
        using var client = Browser(service);
        foreach (var path in (string[])["/ui/sign-in", "/ui/events", "/ui/nothing-here"])
        {
            using var answer = await client.GetAsync(path, Cancellation);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            var html = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_that_has_expired_opens_nothing()
    {
        var time = new ManualTime();
        await using var service = await TestService.StartAsync(time: time);
        using var client = Browser(service);
        using var signedIn = await SignInAsync(client, service, TestService.Password);
        var token = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        time.Advance(TimeSpan.FromHours(25));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ui/events");
        request.Headers.TryAddWithoutValidation("Cookie", token);
        using var bare = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = service.Url };
        using var answer = await bare.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static HttpClient Browser(TestService service) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = service.Url };

    private static string Own(TestService service) => service.Url.GetLeftPart(UriPartial.Authority);

    private static Task<HttpResponseMessage> SignInAsync(HttpClient client, TestService service, string password, string? origin = null, string? referer = null) =>
        PostAsync(client, service, "/ui/sign-in", new() { ["user"] = "admin", ["password"] = password }, origin ?? Own(service), referer);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, TestService service, string path, Dictionary<string, string> form, string origin, string? referer = null)
    {
        Assert.NotNull(service);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        request.Headers.TryAddWithoutValidation("Origin", origin);
        if (referer is not null) request.Headers.TryAddWithoutValidation("Referer", referer);
        return await client.SendAsync(request, Cancellation);
    }
}
