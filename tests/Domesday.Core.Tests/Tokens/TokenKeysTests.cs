using System.Runtime.Versioning;
using Domesday.Core.Access;
using Domesday.Core.Problems;
using Domesday.Core.Tests.Sealing;
using Domesday.Core.Tokens;

namespace Domesday.Core.Tests.Tokens;

public sealed class TokenKeysTests : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(90);
    private static readonly Principal Alice = new("acme", "user", "usr_1", "alice", Permission.None);

    private readonly string _parent = Directory.CreateTempSubdirectory("domesday-keys").FullName;
    private readonly TestClock _time = new();

    private string Folder => Path.Combine(_parent, "tokens");

    [Fact]
    public void A_token_is_valid_after_a_restart()
    {
        IssuedToken issued;
        using (var first = Open()) issued = Issuer(first).Issue(Alice, TimeSpan.FromHours(1));
        using var second = Open();
        Assert.NotNull(Issuer(second).Check(Parse(issued)));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Keys_are_readable_to_their_owner_alone()
    {
        using var keys = Open();
        var file = Directory.GetFiles(Folder).Single();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public void A_key_is_replaced_in_time_and_kept_until_its_last_token_has_expired()
    {
        using var keys = Open();
        var issuer = Issuer(keys);
        _time.Advance(Age - TimeSpan.FromMinutes(1));
        keys.RotateIfDue();
        Assert.Single(keys.Published);
        var old = issuer.Issue(Alice, TokenIssuer.LifetimeMax);
        _time.Advance(TimeSpan.FromMinutes(1));
        keys.RotateIfDue();
        Assert.Equal(2, keys.Published.Count);
        Assert.NotNull(issuer.Check(Parse(old)));
        Assert.NotEqual(Parse(old).KeyId, Parse(issuer.Issue(Alice, TimeSpan.FromHours(1))).KeyId);
        _time.Advance(TokenIssuer.LifetimeMax + TimeSpan.FromSeconds(1));
        keys.RotateIfDue();
        Assert.Single(keys.Published);
        Assert.Null(issuer.Check(Parse(old)));
        using var again = Open();
        Assert.Equal(keys.Published[0].Id, again.Published.Single().Id);
    }

    [Fact]
    public void Replacing_a_stolen_key_refuses_all_that_it_signed_also_after_a_restart()
    {
        using var keys = Open();
        var stolen = Issuer(keys).Issue(Alice, TimeSpan.FromHours(1));
        keys.Replace();
        Assert.Null(Issuer(keys).Check(Parse(stolen)));
        using var again = Open();
        Assert.Null(Issuer(again).Check(Parse(stolen)));
        Assert.Equal(keys.Published[0].Id, again.Published.Single().Id);
    }

    [Fact]
    public void A_passphrase_encrypts_keys_that_were_plain_and_only_it_opens_them()
    {
        IssuedToken issued;
        using (var plain = Open()) issued = Issuer(plain).Issue(Alice, TimeSpan.FromHours(1));
        using (var encrypted = Open("a long passphrase")) Assert.NotNull(Issuer(encrypted).Check(Parse(issued)));
        Assert.Contains("ENCRYPTED", File.ReadAllText(Directory.GetFiles(Folder).Single()), StringComparison.Ordinal);
        foreach (var passphrase in (string?[])[null, "another"])
        {
            var refused = TokenKeys.Open(Folder, passphrase, Age, _time);
            Assert.Equal((ProblemKind.Invalid, "DOMESDAY_KEY_PASSPHRASE"), (refused.Problem!.Kind, refused.Problem.Field));
        }
    }

    [Fact]
    public void A_damaged_key_stops_the_start_and_names_the_file()
    {
        Open().Dispose();
        var file = Directory.GetFiles(Folder).Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("MIGH", "MIGX", StringComparison.Ordinal)[..80]);
        var refused = TokenKeys.Open(Folder, null, Age, _time);
        Assert.Equal(ProblemKind.Corrupt, refused.Problem?.Kind);
        Assert.Contains(file, refused.Problem!.Detail, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private TokenKeys Open(string? passphrase = null) => TokenKeys.Open(Folder, passphrase, Age, _time).Value;

    private TokenIssuer Issuer(TokenKeys keys) => new(keys, "domesday", _time);

    private static JwtText Parse(IssuedToken issued)
    {
        Assert.True(JwtText.TryParse(issued.Text, out var token));
        return token;
    }
}
