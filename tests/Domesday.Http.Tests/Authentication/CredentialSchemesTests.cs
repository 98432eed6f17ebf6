using System.Text;
using Domesday.Core.Credentials;
using Domesday.Http.Authentication;
using Domesday.Http.Authorization;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Tests.Authentication;

public sealed class CredentialSchemesTests
{
    [Fact]
    public void A_request_without_a_credential_has_none() => Assert.Null(Read());

    [Theory]
    [InlineData("admin", "secret")]
    [InlineData("admin", "with:colons:inside")]
    [InlineData("jürgen", "pässwörd")]
    [InlineData("admin", "")]
    public void Basic_brings_a_user_and_a_password(string user, string password)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        Assert.Equal(new PresentedPassword("basic", user, password), Read(("Authorization", "Basic " + encoded)));
        Assert.Equal(new PresentedPassword("basic", user, password), Read(("Authorization", "bAsIc " + encoded)));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic OnBhc3N3b3JkIHdpdGhvdXQgdXNlcg==")]
    [InlineData("Basic gP8=")]
    [InlineData("Bearer ")]
    [InlineData("Negotiate abc")]
    [InlineData("dk_0123456789abcdef_secret")]
    public void What_is_no_credential_is_malformed_and_not_absent(string header) => Assert.IsType<MalformedCredential>(Read(("Authorization", header)));

    [Theory]
    [InlineData("Authorization", "Bearer dk_1", "bearer")]
    [InlineData("ApiKey", "dk_1", "api_key")]
    [InlineData("X-Auth-Token", "dk_1", "x_auth_token")]
    public void Headers_bring_a_token(string header, string value, string scheme) => Assert.Equal(new PresentedToken(scheme, "dk_1"), Read((header, value)));

    [Fact]
    public void The_first_scheme_counts_and_a_wrong_one_is_not_made_good_by_a_later_one() =>
        Assert.IsType<MalformedCredential>(Read(("Authorization", "Basic %%%"), ("ApiKey", "dk_1"), ("X-Auth-Token", "dk_2")));

    [Fact]
    public void Two_values_of_one_header_are_malformed()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Append("ApiKey", "dk_1");
        http.Request.Headers.Append("ApiKey", "dk_2");
        Assert.IsType<MalformedCredential>(CredentialSchemes.Read(http, Endpoint()));
    }

    [Fact]
    public void A_key_in_the_path_counts_only_where_the_route_allows_it()
    {
        var http = new DefaultHttpContext();
        http.Request.RouteValues["key"] = "dk_1";
        Assert.Null(CredentialSchemes.Read(http, Endpoint()));
        Assert.Equal(new PresentedToken("path", "dk_1"), CredentialSchemes.Read(http, Endpoint(new KeyInPath("key"))));
        http.Request.Headers["ApiKey"] = "dk_2";
        Assert.Equal(new PresentedToken("api_key", "dk_2"), CredentialSchemes.Read(http, Endpoint(new KeyInPath("key"))));
    }

    [Fact]
    public void A_credential_written_as_text_keeps_its_secret()
    {
        Assert.DoesNotContain("secret", new PresentedPassword("basic", "admin", "secret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new PresentedToken("bearer", "secret").ToString(), StringComparison.Ordinal);
    }

    private static PresentedCredential? Read(params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        return CredentialSchemes.Read(http, Endpoint());
    }

    private static Endpoint Endpoint(params object[] metadata) => new(null, new(metadata), "test");
}
