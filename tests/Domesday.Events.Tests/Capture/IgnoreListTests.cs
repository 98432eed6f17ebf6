using Domesday.Events.Capture;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Events.Tests.Capture;

/// <summary>What is ignored is ignored however an API client writes it, and nothing else can hide behind it.</summary>
public class IgnoreListTests
{
    private static readonly string[] Documented =
        ["/_ping", "/ca", "/auth", "/trustedregistryca", "/kubeauth", "/metrics", "/info", "/version*", "/debug", "/openid_keys", "/apidocs", "/kubernetesdocs", "/manage"];

    public static TheoryData<string> Endpoints => [.. Documented];

    private static bool Ignores(string target) => IgnoreList.DockerUcp.Ignores(RequestPath.Parse(target));

    [Fact]
    public void The_thirteen_endpoints_are_those_of_the_document() => Assert.Equal(Documented, IgnoreList.DockerUcp.Endpoints);

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void An_endpoint_is_ignored_with_and_without_version_query_and_what_lies_below(string endpoint)
    {
        var path = endpoint.TrimEnd('*');
        string[] targets = [path, path + "/", path + "?a=1", "/v1.24" + path, "/v1.41" + path + "/below?x", "https://ucp.example.com:443" + path, path + "/a/b"];
        Assert.All(targets, target => Assert.True(Ignores(target), target));
    }

    [Theory]
    [InlineData("/services/create")]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/cadvisor")]
    [InlineData("/information")]
    [InlineData("/containers/info")]
    [InlineData("/v1/info")]
    [InlineData("/v1.x/info")]
    [InlineData("/v1.41/v1.41/info")]
    [InlineData("/INFO")]
    [InlineData("/services/create?x=/info")]
    public void What_only_resembles_an_endpoint_is_recorded(string target) => Assert.False(Ignores(target));

    [Theory]
    [InlineData("/info/../secrets/create")]
    [InlineData("/info/%2e%2e/secrets/create")]
    [InlineData("/info/..%2fsecrets")]
    [InlineData("/info\\..\\secrets")]
    [InlineData("//info")]
    [InlineData("/info//x")]
    [InlineData("/secrets/../info")]
    [InlineData("/info/%5c..")]
    [InlineData("/info/%00")]
    [InlineData("/info/%zz")]
    [InlineData("/info/%ff")]
    [InlineData("/info;/../secrets")]
    [InlineData("info")]
    public void A_path_that_others_may_read_differently_is_never_ignored(string target) => Assert.False(Ignores(target));

    [Fact]
    public void Whatever_the_target_parsing_ends_and_its_segments_are_clean() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text =>
        {
            var path = RequestPath.Parse(text);
            return path.Segments.All(segment => segment is not ("" or "." or ".."));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_path_that_is_ignored_reads_the_same_after_cleaning_it() =>
        Prop.ForAll(Targets().ToArbitrary(), target =>
        {
            var path = RequestPath.Parse(target);
            return !IgnoreList.DockerUcp.Ignores(path) || IgnoreList.DockerUcp.Ignores(RequestPath.Parse(path.ToString()));
        }).QuickCheckThrowOnFailure();

    /// <summary>Endpoints, and everything that is used to disguise paths, in any order.</summary>
    private static Gen<string> Targets() => Gen.Elements("/info", "/ca", "/..", "/.", "//", "/%2e%2e", "/secrets", "%2f", "/v1.41", "?q=/info", "\\", ";a", "/create", "%")
        .ListOf().Select(parts => string.Concat(parts));
}
