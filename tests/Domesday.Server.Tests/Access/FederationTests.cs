using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Domesday.Server.Tests.Access;

/// <summary>Other issuers and Keystone, each played by an <see cref="HttpDouble"/> that follows its documented answers.</summary>
public sealed class FederationTests
{
    private static readonly HttpMethod Get = HttpMethod.Get;

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_token_of_another_issuer_signs_in_the_user_of_that_name(string algorithm)
    {
        using var key = new IssuerKey("k1", algorithm);
        await using var issuer = await IssuerAsync(() => [key]);
        await using var service = await StartAsync(issuer);
        using var alice = service.Bearer(key.Sign(issuer.Url));
        Assert.Equal("alice", (await TestService.GetAsync(alice, "/audit/v1/me"))["name"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await alice.StatusAsync(Get, "/audit/v1/events"));
        Assert.Equal(1, issuer.Asked["/jwks"]);
    }

    [Fact]
    public async Task What_is_not_quite_right_about_a_foreign_token_is_refused()
    {
        using var key = new IssuerKey("k1", "RS256");
        using var other = new IssuerKey("k1", "RS256");
        await using var issuer = await IssuerAsync(() => [key]);
        await using var service = await StartAsync(issuer);
        foreach (var (what, token) in new[]
        {
            ("another audience", key.Sign(issuer.Url, audience: "somebody-else")),
            ("another issuer", key.Sign("http://127.0.0.1:9")),
            ("a name that nobody has", key.Sign(issuer.Url, name: "mallory")),
            ("a user of another tenant", key.Sign(issuer.Url, name: "admin")),
            ("expired", key.Sign(issuer.Url, seconds: -3600)),
            ("another key under the same id", other.Sign(issuer.Url)),
            ("an algorithm of the token's choice", key.Sign(issuer.Url, header: "HS256")),
            ("no signature", key.Sign(issuer.Url, header: "none")),
        })
        {
            using var client = service.Bearer(token);
            Assert.True(await client.StatusAsync(Get, "/audit/v1/me") == HttpStatusCode.Unauthorized, what);
        }
    }

    [Fact]
    public async Task A_new_key_of_the_issuer_works_at_once_and_made_up_key_ids_ask_it_once_a_minute()
    {
        var time = new ManualTime();
        using var first = new IssuerKey("k1", "ES256");
        using var second = new IssuerKey("k2", "ES256");
        using var forged = new IssuerKey("k3", "ES256");
        var keys = new List<IssuerKey> { first };
        await using var issuer = await IssuerAsync(() => keys);
        await using var service = await StartAsync(issuer, time);
        using var before = service.Bearer(first.Sign(issuer.Url, time: time));
        Assert.Equal(HttpStatusCode.OK, await before.StatusAsync(Get, "/audit/v1/me"));
        keys.Add(second);
        time.Advance(TimeSpan.FromMinutes(2));
        using var after = service.Bearer(second.Sign(issuer.Url, time: time));
        Assert.Equal(HttpStatusCode.OK, await after.StatusAsync(Get, "/audit/v1/me"));
        for (var i = 0; i < 5; i++)
        {
            using var client = service.Bearer(forged.Sign(issuer.Url, time: time));
            Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync(Get, "/audit/v1/me"));
        }
        Assert.Equal(2, issuer.Asked["/jwks"]);
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_reached_is_503_and_not_a_wrong_token()
    {
        using var key = new IssuerKey("k1", "ES256");
        await using var issuer = await HttpDouble.StartAsync((_, _) => (500, "{}"));
        await using var service = await StartAsync(issuer);
        using var client = service.Bearer(key.Sign(issuer.Url));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.StatusAsync(Get, "/audit/v1/me"));
    }

    [Fact]
    public async Task A_Keystone_token_acts_by_its_roles_and_is_believed_for_a_minute()
    {
        var time = new ManualTime();
        var valid = new HashSet<string> { "gAAAA-admin", "gAAAA-member", "gAAAA-user" };
        await using var keystone = await HttpDouble.StartAsync((_, request) => Keystone(request, valid));
        await using var service = await TestService.StartAsync(time: time, arguments:
            ["--keystone-url", keystone.Url + "/v3", "--keystone-tenant", "acme", "--keystone-roles", "admin=auditor,member=project_viewer"]);
        await service.TenantAsync("acme");
        await service.UserAsync("acme", "ks-user", "writer");
        using var admin = Client(service, "gAAAA-admin");
        using var member = Client(service, "gAAAA-member");
        using var user = Client(service, "gAAAA-user");
        using var nobody = Client(service, "gAAAA-unknown");
        var me = await TestService.GetAsync(admin, "/audit/v1/me");
        Assert.Equal(("federated", "ks-admin", "acme"), (me["kind"]!.GetValue<string>(), me["name"]!.GetValue<string>(), me["tenant"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.OK, await admin.StatusAsync(Get, "/audit/v1/users"));
        Assert.Equal("""[{"permissions":["audit.list","audit.get","audit.export"],"projects":["prj1"]}]""", (await TestService.GetAsync(member, "/audit/v1/me"))["allowed"]!.ToJsonString());
        Assert.Equal("user", (await TestService.GetAsync(user, "/audit/v1/me"))["kind"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Unauthorized, await nobody.StatusAsync(Get, "/audit/v1/me"));
        Assert.Equal(4, keystone.Asked["/v3/auth/tokens"]);
        valid.Remove("gAAAA-admin");
        Assert.Equal(HttpStatusCode.OK, await admin.StatusAsync(Get, "/audit/v1/me"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await admin.StatusAsync(Get, "/audit/v1/me"));
    }

    [Fact]
    public async Task A_key_of_ours_that_was_misspelled_is_not_shown_to_Keystone()
    {
        await using var keystone = await HttpDouble.StartAsync((_, _) => (401, "{}"));
        await using var service = await TestService.StartAsync(arguments: ["--keystone-url", keystone.Url, "--keystone-tenant", "default"]);
        using var client = Client(service, "dk_0123456789abcdef_cut-off");
        Assert.Equal(HttpStatusCode.Unauthorized, await client.StatusAsync(Get, "/audit/v1/me"));
        Assert.Empty(keystone.Asked);
    }

    private static HttpClient Client(TestService service, string token)
    {
        var client = service.Client(null);
        client.DefaultRequestHeaders.Add("X-Auth-Token", token);
        return client;
    }

    private static async Task<TestService> StartAsync(HttpDouble issuer, TimeProvider? time = null)
    {
        var service = await TestService.StartAsync(time: time, arguments: ["--oidc-issuers", $"{issuer.Url}|domesday|acme"]);
        await service.TenantAsync("acme");
        await service.UserAsync("acme", "alice", "auditor");
        return service;
    }

    private static Task<HttpDouble> IssuerAsync(Func<IReadOnlyList<IssuerKey>> keys) => HttpDouble.StartAsync((url, request) => request.Path.Value switch
    {
        "/.well-known/openid-configuration" => (200, new JsonObject { ["issuer"] = url, ["jwks_uri"] = url + "/jwks" }.ToJsonString()),
        "/jwks" => (200, new JsonObject { ["keys"] = new JsonArray([.. keys().Select(key => (JsonNode)key.Public)]) }.ToJsonString()),
        _ => (404, "{}"),
    });

    private static (int Status, string Body) Keystone(HttpRequest request, HashSet<string> valid)
    {
        var token = request.Headers["X-Subject-Token"].ToString();
        if (request.Path != "/v3/auth/tokens" || request.Headers["X-Auth-Token"] != token || !valid.Contains(token)) return (401, """{"error":{"code":401,"title":"Unauthorized","message":"…"}}""");
        var role = token["gAAAA-".Length..];
        return (200, new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["expires_at"] = "2026-02-12T22:21:02.000000Z",
                ["user"] = new JsonObject { ["id"] = "id-" + role, ["name"] = "ks-" + role, ["domain"] = new JsonObject { ["id"] = "default", ["name"] = "Default" } },
                ["project"] = new JsonObject { ["id"] = "prj1", ["name"] = "project one" },
                ["roles"] = new JsonArray(new JsonObject { ["id"] = "r1", ["name"] = role }),
            },
        }.ToJsonString());
    }

    /// <summary>A key of the issuer that the double plays.</summary>
    private sealed class IssuerKey(string id, string algorithm) : IDisposable
    {
        private readonly ECDsa? _ec = algorithm == "ES256" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        private readonly RSA? _rsa = algorithm == "ES256" ? null : RSA.Create(2048);

        public JsonObject Public
        {
            get
            {
                if (_rsa?.ExportParameters(false) is { } rsa) return new() { ["kty"] = "RSA", ["kid"] = id, ["use"] = "sig", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) };
                var point = _ec!.ExportParameters(false).Q;
                return new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = id, ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
            }
        }

        public string Sign(string issuer, string audience = "domesday", string name = "alice", int seconds = 3600, string? header = null, TimeProvider? time = null)
        {
            var claims = new JsonObject { ["iss"] = issuer, ["aud"] = new JsonArray(audience), ["sub"] = "s-1", ["preferred_username"] = name, ["exp"] = (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds() + seconds };
            var head = new JsonObject { ["alg"] = header ?? algorithm, ["kid"] = id };
            var signed = $"{Encode(head)}.{Encode(claims)}";
            var bytes = Encoding.ASCII.GetBytes(signed);
            var signature = header switch
            {
                "HS256" => HMACSHA256.HashData(_rsa!.ExportSubjectPublicKeyInfo(), bytes),
                "none" => [0],
                _ => _ec?.SignData(bytes, HashAlgorithmName.SHA256) ?? _rsa!.SignData(bytes, HashAlgorithmName.SHA256, algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
            };
            return $"{signed}.{Base64Url.EncodeToString(signature)}";
        }

        public void Dispose()
        {
            _ec?.Dispose();
            _rsa?.Dispose();
        }

        private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
