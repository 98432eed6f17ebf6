using System.Runtime.Versioning;
using Domesday.Core.Problems;
using Domesday.Core.Sealing;

namespace Domesday.Core.Tests.Sealing;

/// <summary>The key that everything hangs on: made once, kept from others, never mistaken.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SigningKeyFileTests : IDisposable
{
    private const int FewIterations = 10;

    private readonly SealedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.KeyFile;

    private Result<SigningKeys> TryOpen(string? passphrase = null) => SigningKeyFile.Open(Path, passphrase, _folder.Clock);

    private string[] Open(string? passphrase = null)
    {
        var keys = TryOpen(passphrase);
        Assert.True(keys.IsOk, keys.Problem?.Detail);
        using (keys.Value) return [.. keys.Value.Named("name").Select(key => key.ToString())];
    }

    private static StoredSeed Seed(byte value) => new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), [.. Enumerable.Repeat(value, 32)]);

    [Fact]
    public void The_first_start_makes_a_key_that_only_its_owner_can_read()
    {
        var made = Open();
        Assert.Single(made);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(System.IO.Path.GetDirectoryName(Path)!));
        Assert.Equal(made, Open());
    }

    [Fact]
    public void Two_services_have_two_keys()
    {
        var first = Open();
        File.Delete(Path);
        Assert.NotEqual(first, Open());
    }

    [Fact]
    public void Rights_that_others_were_given_are_taken_back()
    {
        Open();
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Open();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_passphrase_keeps_the_key_out_of_the_file()
    {
        var made = Open("correct horse");
        Assert.Equal(made, Open("correct horse"));
        SigningKeyFile.Write(Path, [Seed(7)], "correct horse", FewIterations);
        Assert.DoesNotContain(Convert.ToBase64String(Seed(7).Seed), File.ReadAllText(Path), StringComparison.Ordinal);
        SigningKeyFile.Write(Path, [Seed(7)], null);
        Assert.Contains(Convert.ToBase64String(Seed(7).Seed), File.ReadAllText(Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wrong horse", "does not open")]
    [InlineData("Correct horse", "does not open")]
    [InlineData("", "is encrypted")]
    [InlineData(null, "is encrypted")]
    public void Without_the_right_passphrase_nothing_starts_and_nothing_is_lost(string? passphrase, string message)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        SigningKeyFile.Write(Path, [Seed(7)], "correct horse", FewIterations);
        var before = File.ReadAllBytes(Path);
        var problem = TryOpen(passphrase).Problem;
        Assert.Equal((ProblemKind.Invalid, "DOMESDAY_KEY_PASSPHRASE"), (problem!.Kind, problem.Field));
        Assert.Contains(message, problem.Detail, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void A_passphrase_given_later_encrypts_the_key_that_is_there()
    {
        var plain = Open();
        Assert.Equal(plain, Open("correct horse"));
        Assert.Equal(ProblemKind.Invalid, TryOpen().Problem?.Kind);
        Assert.Equal(plain, Open("correct horse"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("correct horse")]
    public void Every_flipped_bit_and_every_cut_is_seen(string? passphrase)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        SigningKeyFile.Write(Path, [Seed(7)], passphrase, FewIterations);
        var bytes = File.ReadAllBytes(Path);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(Path, flipped);
            Assert.Equal(ProblemKind.Corrupt, TryOpen(passphrase).Problem?.Kind);
        }
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(Path, bytes[..length]);
            Assert.Equal(ProblemKind.Corrupt, TryOpen(passphrase).Problem?.Kind);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("correct horse")]
    public void A_key_that_was_replaced_still_verifies_and_the_newest_one_signs(string? passphrase)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        SigningKeyFile.Write(Path, [Seed(1), Seed(2)], passphrase, FewIterations);
        using var keys = TryOpen(passphrase).Value;
        var note = keys.Active.Sign("name", "text\n");
        Assert.Equal([true, false], keys.Named("name").Select(key => key.Verifies(note)));
    }
}
