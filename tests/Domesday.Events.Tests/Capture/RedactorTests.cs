using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Domesday.Events.Capture;
using Domesday.Events.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Events.Tests.Capture;

/// <summary>A secret that is sent does not come out, however deep it lies and however its name is spelled; what is no secret stays.</summary>
public class RedactorTests
{
    private const string Secret = "S3cr3t-Value-7f3a";

    private static readonly string[] SecretNamesSpelled =
        ["password", "Password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "paſſword", "client_secret", "api_key", "apiKey", "X-Api-Key", "accessToken", "refresh_token", "privateKey", "toKen"];

    public static TheoryData<string> Spellings => [.. SecretNamesSpelled];

    private static string Body(string method, string path, string body, string type = "application/json") =>
        Encoding.UTF8.GetString(Redactor.Default.Body(method, RequestPath.Parse(path), type, Encoding.UTF8.GetBytes(body)).Json.Span);

    [Theory]
    [InlineData("POST", "/secrets/create", """{"Name":"db","Labels":{"a":"b"},"Data":"S3cr3t-Value-7f3a"}""", """{"Data":"[redacted]","Labels":{"a":"b"},"Name":"db"}""")]
    [InlineData("POST", "/v1.41/secrets/abc/update", """{"data":"S3cr3t-Value-7f3a","Name":"db"}""", """{"Name":"db","data":"[redacted]"}""")]
    [InlineData("POST", "/swarm/join", """{"RemoteAddrs":["10.0.0.1"],"JoinToken":"S3cr3t-Value-7f3a"}""", """{"JoinToken":"[redacted]","RemoteAddrs":["10.0.0.1"]}""")]
    [InlineData("POST", "/swarm/update", """{"CAConfig":{"SigningCAKey":"S3cr3t-Value-7f3a","SigningCACert":"c"}}""", """{"CAConfig":{"SigningCACert":"c","SigningCAKey":"[redacted]"}}""")]
    [InlineData("POST", "/swarm/unlock", """{"UnlockKey":"S3cr3t-Value-7f3a"}""", """{"UnlockKey":"[redacted]"}""")]
    [InlineData("POST", "/auth", """{"username":"u","password":"S3cr3t-Value-7f3a","serveraddress":"r"}""", """{"password":"[redacted]","serveraddress":"r","username":"u"}""")]
    [InlineData("POST", "/auth/login", """{"username":"u","password":"S3cr3t-Value-7f3a"}""", """{"password":"[redacted]","username":"u"}""")]
    [InlineData("POST", "/containers/create", """{"Image":"i","Env":["A=b","DB_PASSWORD=S3cr3t-Value-7f3a"]}""", """{"Env":["A=b","DB_PASSWORD=[redacted]"],"Image":"i"}""")]
    [InlineData("POST", "/containers/create", """{"Cmd":["--token=S3cr3t-Value-7f3a","run"]}""", """{"Cmd":["--token=[redacted]","run"]}""")]
    [InlineData("POST", "/api/v1/namespaces/n/secrets", """{"kind":"Secret","metadata":{"name":"x"},"data":{"k":"S3cr3t-Value-7f3a"},"stringData":{"k":"S3cr3t-Value-7f3a"}}""", """{"data":"[redacted]","kind":"Secret","metadata":{"name":"x"},"stringData":"[redacted]"}""")]
    [InlineData("PATCH", "/api/v1/namespaces/n/secrets/x", """[{"op":"replace","path":"/data/k","value":"S3cr3t-Value-7f3a"}]""", """[{"op":"replace","path":"/data/k","value":"[redacted]"}]""")]
    [InlineData("PATCH", "/api/v1/namespaces/n/configmaps/x", """[{"op":"replace","path":"/spec/db_password","value":"S3cr3t-Value-7f3a"}]""", """[{"op":"replace","path":"/spec/db_password","value":"[redacted]"}]""")]
    [InlineData("POST", "/apis/apps/v1/namespaces/n/deployments", """{"env":[{"name":"DB_PASSWORD","value":"S3cr3t-Value-7f3a"},{"name":"A","value":"b"}]}""", """{"env":[{"name":"DB_PASSWORD","value":"[redacted]"},{"name":"A","value":"b"}]}""")]
    [InlineData("POST", "/x", """{"annotations":{"last":"{\"spec\":{\"password\":\"S3cr3t-Value-7f3a\",\"a\":1}}"}}""", """{"annotations":{"last":"{\"spec\":{\"password\":\"[redacted]\",\"a\":1}}"}}""")]
    [InlineData("POST", "/x", """{"remote":"https://user:S3cr3t-Value-7f3a@git.example.com/r.git"}""", """{"remote":"https://user:[redacted]@git.example.com/r.git"}""")]
    [InlineData("POST", "/x", """{"hook":"https://h.example.com/a?x=1&token=S3cr3t-Value-7f3a#access_token=S3cr3t-Value-7f3a"}""", """{"hook":"https://h.example.com/a?x=1&token=[redacted]#access_token=[redacted]"}""")]
    [InlineData("POST", "/x", """{"passwords":["S3cr3t-Value-7f3a"],"hint":"why? a=b"}""", """{"hint":"why? a=b","passwords":["[redacted]"]}""")]
    [InlineData("POST", "/x", """{"note":"key -----BEGIN RSA PRIVATE KEY-----\nS3cr3t-Value-7f3a\n-----END RSA PRIVATE KEY----- end"}""", """{"note":"key [redacted] end"}""")]
    [InlineData("POST", "/x", """{"token":{"a":["S3cr3t-Value-7f3a",true,null]}}""", """{"token":{"a":["[redacted]",true,null]}}""")]
    [InlineData("POST", "/x", """{"amount":10.50,"big":12345678901234567890,"pin_code":1234}""", """{"amount":10.5,"big":12345678901234567890,"pin_code":"[redacted]"}""")]
    public void Known_places_are_emptied_and_the_rest_stays(string method, string path, string body, string expected) => Assert.Equal(expected, Body(method, path, body));

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Every_spelling_of_a_secret_name_is_recognised(string name)
    {
        Assert.DoesNotContain(Secret, Body("POST", "/x", new JsonObject { [name] = Secret }.ToJsonString()), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Body("POST", "/x", $"a=1&{Uri.EscapeDataString(name)}={Secret}", "application/x-www-form-urlencoded"), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Redactor.Default.Target($"/x?a=1&{Uri.EscapeDataString(name)}={Secret}"), StringComparison.Ordinal);
        Assert.Equal("[redacted]", Redactor.Default.Header(name, Secret));
    }

    [Fact]
    public void A_planted_secret_never_comes_out_and_nothing_else_changes() =>
        Prop.ForAll(Values(5).ToArbitrary(), Gen.Elements(SecretNamesSpelled).ToArbitrary(), (value, name) =>
        {
            var planted = Planted(value, name);
            var output = Body("POST", "/anything", planted.ToJsonString());
            var expected = Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(planted.ToJsonString().Replace(Secret, "[redacted]", StringComparison.Ordinal))));
            return output == expected && Body("POST", "/anything", output) == output;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_the_body_something_is_recorded_that_an_event_may_carry() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements("/x", "/secrets/create", "/auth/login").ToArbitrary(), (bytes, path) =>
        {
            var body = Redactor.Default.Body("POST", RequestPath.Parse(path), "text/plain", bytes);
            return bytes.Length == 0 ? body.IsEmpty : CanonicalJson.Canonicalize(body.Json.Span).AsSpan().SequenceEqual(body.Json.Span);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"Data":"S3cr3t-Value-7f3a","Data":"x"}""")]
    [InlineData("""{"Data":"S3cr3t-Value-7f3a" """)]
    [InlineData("""S3cr3t-Value-7f3a""")]
    [InlineData("""{"Data":"S3cr3t-Value-7f3a","x":"\ud800"}""")]
    [InlineData("""{"Data":"S3cr3t-Value-7f3a","x":1e999}""")]
    [InlineData("""{"Data":"S3cr3t-Value-7f3a","x":"\u0000"}""")]
    public void A_secret_body_that_cannot_be_read_leaves_no_digest_to_guess_it_by(string body)
    {
        var kept = JsonNode.Parse(Body("POST", "/secrets/create", body))!.AsObject();
        Assert.Equal(["bytes", "content_type", "redacted"], kept.Select(member => member.Key));
    }

    [Fact]
    public void What_is_no_json_is_recorded_by_length_and_digest() =>
        Assert.Equal("""{"bytes":3,"content_type":"application/x-tar","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}""", Body("PUT", "/containers/a/archive", "abc", "application/x-tar"));

    [Fact]
    public void Json_that_is_called_a_form_is_still_json() =>
        Assert.Equal("""{"password":"[redacted]","username":"u"}""", Body("POST", "/auth/login", """{"username":"u","password":"S3cr3t-Value-7f3a"}""", "application/x-www-form-urlencoded"));

    [Theory]
    [InlineData("/orders;token=S3cr3t-Value-7f3a;a=b/7", "/orders;token=[redacted];a=b/7")]
    [InlineData("/blob?sv=1&sig=S3cr3t-Value-7f3a", "/blob?sv=1&sig=[redacted]")]
    [InlineData("/login?next=https%3A%2F%2Fh%2Fx%3Ftoken%3DS3cr3t-Value-7f3a%26a%3Db&c=d", "/login?next=https%3A%2F%2Fh%2Fx%3Ftoken%3D%5Bredacted%5D%26a%3Db&c=d")]
    [InlineData("/a;b/c?next=https%3A%2F%2Fh%2Fx%3Fa%3Db", "/a;b/c?next=https%3A%2F%2Fh%2Fx%3Fa%3Db")]
    public void Secrets_in_targets_are_found_in_segments_in_signed_links_and_in_urls_within(string target, string expected) => Assert.Equal(expected, Redactor.Default.Target(target));

    [Fact]
    public void A_url_within_a_url_within_a_url_is_not_followed_for_ever()
    {
        var url = "https://h/?token=" + Secret;
        for (var i = 0; i < 6; i++) url = "https://h/?next=" + Uri.EscapeDataString(url);
        Assert.DoesNotContain(Secret, Redactor.Default.Target("/x?next=" + Uri.EscapeDataString(url)), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_arguments_in_a_query_lose_their_secrets_alone()
    {
        var arguments = Uri.EscapeDataString("""{"HTTP_PROXY":"p","NPM_TOKEN":"S3cr3t-Value-7f3a"}""");
        var target = Uri.UnescapeDataString(Redactor.Default.Target($"/v1.41/build?t=a%2Fb&buildargs={arguments}"));
        Assert.Equal("""/v1.41/build?t=a/b&buildargs={"HTTP_PROXY":"p","NPM_TOKEN":"[redacted]"}""", target);
        Assert.Equal("/containers/json?all=1&filters=%7B%22a%22%3A1%7D", Redactor.Default.Target("/containers/json?all=1&filters=%7B%22a%22%3A1%7D"));
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-registry-auth")]
    [InlineData("X-Registry-Config")]
    [InlineData("COOKIE")]
    [InlineData("X-Subject-Token")]
    public void Headers_with_credentials_are_emptied(string name) => Assert.Equal("[redacted]", Redactor.Default.Header(name, Secret));

    [Fact]
    public void Other_headers_stay() => Assert.Equal("Docker-Client/28.2.2 (linux)", Redactor.Default.Header("User-Agent", "Docker-Client/28.2.2 (linux)"));

    [Fact]
    public void Own_places_headers_and_names_are_added_to_the_defaults()
    {
        var faults = new List<Fault>();
        var redactor = Redactor.TryCompile(new() { Bodies = [new() { Methods = ["PUT"], Paths = ["/people/*"], Members = ["$..ssn", "$.cards[*][\"the number\"]"] }], Headers = ["X-Mine"], Names = ["iban"] }, faults)!;
        Assert.Empty(faults);
        var body = redactor.Body("PUT", RequestPath.Parse("/people/1"), null, """{"a":{"SSN":1},"cards":[{"the number":2,"kind":"v"}],"IBAN":"DE1","password":"p"}"""u8.ToArray());
        Assert.Equal("""{"IBAN":"[redacted]","a":{"SSN":"[redacted]"},"cards":[{"kind":"v","the number":"[redacted]"}],"password":"[redacted]"}""", Encoding.UTF8.GetString(body.Json.Span));
        Assert.Equal("[redacted]", redactor.Header("x-mine", "1"));
    }

    /// <summary>Quadratic time would be 10^11 steps and never end.</summary>
    [Theory]
    [InlineData("eyJ-")]
    [InlineData("a.")]
    [InlineData("a://b:")]
    public void Text_that_is_made_to_be_slow_is_read_in_one_go(string piece)
    {
        var text = "x://" + string.Concat(Enumerable.Repeat(piece, 200_000));
        var body = Redactor.Default.Body("POST", RequestPath.Parse("/x"), null, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(text)));
        Assert.Equal(text, JsonSerializer.Deserialize<string>(body.Json.Span));
    }

    private static JsonObject Planted(JsonNode? value, string name) => new()
    {
        ["around"] = value?.DeepClone(),
        ["deep"] = new JsonArray(new JsonObject { ["a"] = new JsonObject { [name] = Secret } }),
        [name] = new JsonObject { ["inner"] = new JsonArray(Secret, Secret) },
    };

    /// <summary>JSON values without a word that is secret.</summary>
    private static Gen<JsonNode?> Values(int depth)
    {
        var leaf = Gen.Elements<Func<JsonNode?>>(() => "plain", () => "a=b", () => 17, () => true, () => null, () => "é ∂ 😀", () => "").Select(make => make());
        if (depth == 0) return leaf;
        var inner = Values(depth - 1);
        var objects = inner.ListOf().Select(list => (JsonNode?)new JsonObject(list.Take(4).Select((item, index) => KeyValuePair.Create($"m{index}", item?.DeepClone()))));
        var arrays = inner.ListOf().Select(list => (JsonNode?)new JsonArray([.. list.Take(4).Select(item => item?.DeepClone())]));
        return Gen.OneOf(leaf, objects, arrays);
    }
}
