using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Domesday.Core.Access;
using Domesday.Core.Tests.Sealing;
using Domesday.Core.Tokens;
using Domesday.Events;

namespace Domesday.Core.Tests.Tokens;

public sealed class TokenIssuerTests : IDisposable
{
    private static readonly Principal Alice = new("acme", "user", "usr_1", "alice", Permission.None);

    private readonly string _folder = Directory.CreateTempSubdirectory("domesday-tokens").FullName;
    private readonly TestClock _time = new();

    [Fact]
    public void A_token_says_who_holds_it_and_until_when()
    {
        using var keys = Open();
        var issuer = new TokenIssuer(keys, "audit.example.com", _time);
        var issued = issuer.Issue(Alice, TimeSpan.FromHours(1));
        var claims = issuer.Check(Parse(issued.Text));
        Assert.Equal(new TokenClaims(issued.Session, "user", "usr_1", "acme", Timestamp.FromDateTimeOffset(issued.IssuedAt), issued.IssuedAt.AddHours(1)), claims);
    }

    [Fact]
    public void Any_JWT_library_can_check_a_token_with_the_published_key()
    {
        using var keys = Open();
        var issuer = new TokenIssuer(keys, "domesday", _time);
        var parts = issuer.Issue(Alice, TimeSpan.FromHours(1)).Text.Split('.');
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        var published = issuer.Keys.Single(key => key.Id == header.RootElement.GetProperty("kid").GetString());
        using var pair = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Base64Url.DecodeFromChars(published.X), Y = Base64Url.DecodeFromChars(published.Y) } });
        Assert.Equal("ES256", header.RootElement.GetProperty("alg").GetString());
        Assert.True(pair.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));
    }

    /// <summary>Run:ai's Python client drops - and _ from the middle part and decodes the rest as plain base64.</summary>
    [Theory]
    [InlineData("ab?", "acme")]
    [InlineData("a~b>c?d", "t")]
    [InlineData("jürgen ÿÿÿ ÿ", "acme-2")]
    [InlineData("\ud83d\ude00~~~???>>>", "a")]
    public void The_payload_can_be_read_as_plain_base64(string name, string tenant)
    {
        using var keys = Open();
        var issuer = new TokenIssuer(keys, "domesday~?", _time);
        for (var length = 0; length < 4; length++)
        {
            var payload = issuer.Issue(Alice with { Name = name + new string('x', length), Tenant = tenant }, TimeSpan.FromHours(1)).Text.Split('.')[1];
            Assert.DoesNotContain(payload, letter => letter is '-' or '_');
            Assert.Equal(0, payload.Length % 4);
            using var claims = JsonDocument.Parse(Convert.FromBase64String(payload));
            Assert.Equal(name + new string('x', length), claims.RootElement.GetProperty("preferred_username").GetString());
        }
    }

    [Fact]
    public void No_bit_of_a_token_can_be_changed()
    {
        using var keys = Open();
        var issuer = new TokenIssuer(keys, "domesday", _time);
        var text = issuer.Issue(Alice, TimeSpan.FromHours(1)).Text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.') continue;
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.True(!JwtText.TryParse(changed, out var token) || issuer.Check(token) is null, $"letter {i}");
        }
    }

    [Fact]
    public void A_token_without_a_signature_or_with_another_algorithm_is_refused()
    {
        using var keys = Open();
        var issuer = new TokenIssuer(keys, "domesday", _time);
        var parts = issuer.Issue(Alice, TimeSpan.FromHours(1)).Text.Split('.');
        var kid = keys.Published[0].Id;
        Assert.False(JwtText.TryParse($"{parts[0]}.{parts[1]}.", out _));
        foreach (var algorithm in (string[])["none", "HS256", "ES384", "es256", ""])
        {
            var head = Encode($$"""{"alg":"{{algorithm}}","kid":"{{kid}}","typ":"JWT"}""");
            var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(keys.Published[0].X), Encoding.ASCII.GetBytes($"{head}.{parts[1]}"));
            Assert.Null(issuer.Check(Parse($"{head}.{parts[1]}.{parts[2]}")));
            Assert.Null(issuer.Check(Parse($"{head}.{parts[1]}.{Base64Url.EncodeToString(mac)}")));
        }
    }

    [Theory]
    [InlineData("""{"alg":"ES256","crit":["b64"]}""", "{}")]
    [InlineData("""{"alg":"ES256","alg":"none"}""", "{}")]
    [InlineData("""{"alg":7}""", "{}")]
    [InlineData("""{"alg":"ES256","typ":"JWE"}""", "{}")]
    [InlineData("""["ES256"]""", "{}")]
    [InlineData("""{"alg":"ES256"}""", "[]")]
    [InlineData("""{"alg":"ES256"}""", """{"sub":"a","sub":"b"}""")]
    [InlineData("""{"alg":"ES256"}""", "not json")]
    public void What_is_no_sound_token_is_not_read(string header, string payload) => Assert.False(JwtText.TryParse($"{Encode(header)}.{Encode(payload)}.{Encode("x")}", out _));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30=.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e31.AA")]
    [InlineData(" eyJhbGciOiJFUzI1NiJ9.e30.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e3 0.AA")]
    public void Another_spelling_of_base64url_is_not_read(string text) => Assert.False(JwtText.TryParse(text, out _));

    [Fact]
    public void What_is_not_a_token_at_all_never_throws()
    {
        var random = new Random(20);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            var text = string.Join('.', Encoding.Latin1.GetString(bytes).Chunk(random.Next(1, 40)).Select(part => random.Next(3) == 0 ? new string(part) : Encode(new string(part))));
            if (JwtText.TryParse(text, out var token)) Assert.Equal(JsonValueKind.Object, token.Claims.ValueKind);
        }
    }

    [Fact]
    public void A_lifetime_has_a_bound()
    {
        using var keys = Open();
        var issued = new TokenIssuer(keys, "domesday", _time).Issue(Alice, TimeSpan.FromDays(400));
        Assert.Equal(TokenIssuer.LifetimeMax, issued.ExpiresAt - issued.IssuedAt);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TokenKeys Open() => TokenKeys.Open(_folder, null, TimeSpan.FromDays(90), _time).Value;

    private static JwtText Parse(string text)
    {
        Assert.True(JwtText.TryParse(text, out var token), text);
        return token;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.Latin1.GetBytes(text));
}
