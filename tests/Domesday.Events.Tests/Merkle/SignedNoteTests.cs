using System.Text;
using Domesday.Events.Merkle;

namespace Domesday.Events.Tests.Merkle;

/// <summary>C2SP signed notes, with keys and notes that other implementations made.</summary>
public class SignedNoteTests
{
    /// <summary>Source: golang.org/x/mod, sumdb/note/note_test.go.</summary>
    private const string Key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private const string Seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    private const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    private const string Signature = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private static readonly NoteKey Peter = NoteKey.TryParse(Key, out var key) ? key : throw new InvalidOperationException();

    private static SignedNote Parse(string note)
    {
        Assert.True(SignedNote.TryParse(note, out var read));
        return read;
    }

    /// <summary>RFC 8032 §7.1: seed, public key, message, signature.</summary>
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_signs_as_rfc_8032_says(string seed, string publicKey, string message, string signature)
    {
        using var key = new Ed25519PrivateKey(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))));
        Assert.True(Ed25519.Verify(key.PublicKey, Convert.FromHexString(message), Convert.FromHexString(signature)));
        Assert.False(Ed25519.Verify(key.PublicKey, [.. Convert.FromHexString(message), 0], Convert.FromHexString(signature)));
    }

    [Fact]
    public void A_note_that_go_signed_is_verified()
    {
        Assert.True(Peter.Verifies(Parse(Text + "\n" + Signature)));
        Assert.Equal(Key, Peter.ToString());
    }

    [Fact]
    public void We_sign_the_same_note_as_go()
    {
        using var signer = new NoteSigner(Convert.FromBase64String(Seed).AsSpan(1));
        Assert.Equal(Text + "\n" + Signature, signer.Sign("PeterNeumann", Text).ToString());
        Assert.Equal(Key, signer.KeyNamed("PeterNeumann").ToString());
    }

    [Fact]
    public void A_note_whose_text_changed_is_not_verified() => Assert.False(Peter.Verifies(Parse(Text.Replace("don't", "do", StringComparison.Ordinal) + "\n" + Signature)));

    [Fact]
    public void Signatures_of_others_are_passed_over() =>
        Assert.True(Peter.Verifies(Parse(Text + "\n" + "\u2014 witness.example/w1 AAAAAQID\n" + Signature)));

    [Fact]
    public void A_note_by_others_alone_is_not_verified() => Assert.False(Peter.Verifies(Parse(Text + "\n" + "\u2014 witness.example/w1 AAAAAQID\n")));

    [Fact]
    public void One_wrong_signature_of_the_key_spoils_the_note()
    {
        var wrong = new SignedNote(Text, [new("PeterNeumann", Peter.Id, new byte[64]), .. Parse(Text + "\n" + Signature).Signatures]);
        Assert.False(Peter.Verifies(wrong));
    }

    [Fact]
    public void Every_flipped_bit_of_the_signature_is_seen()
    {
        var note = Parse(Text + "\n" + Signature);
        var signature = note.Signatures[0].Signature;
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            byte[] flipped = [.. signature];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(Peter.Verifies(note with { Signatures = [note.Signatures[0] with { Signature = flipped }] }));
        }
    }

    [Fact]
    public void The_note_of_the_specification_is_read()
    {
        const string note = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
            + "\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
        var read = Parse(note);
        Assert.EndsWith("\n\ned è subito sera.\n", read.Text, StringComparison.Ordinal);
        Assert.Equal(0x367ba04bu, Assert.Single(read.Signatures).KeyId);
        Assert.Equal(note, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 name AAAAAQID")]
    [InlineData("text\n\n- name AAAAAQID\n")]
    [InlineData("text\n\n\u2014 name\n")]
    [InlineData("text\n\n\u2014  AAAAAQID\n")]
    [InlineData("text\n\n\u2014 name AAAAAQID more\n")]
    [InlineData("text\n\n\u2014 name AAAA\n")]
    [InlineData("text\n\n\u2014 name AAAAAQ\n")]
    [InlineData("text\n\n\u2014 name !!!!!!!!\n")]
    [InlineData("text\r\n\n\u2014 name AAAAAQID\n")]
    [InlineData("te\u0000xt\n\n\u2014 name AAAAAQID\n")]
    public void What_is_no_note_is_refused(string note) => Assert.False(SignedNote.TryParse(note, out _));

    [Fact]
    public void A_note_with_sixteen_signatures_is_read_and_one_with_a_thousand_is_not()
    {
        static string Note(int signatures) => "text\n\n" + string.Concat(Enumerable.Repeat("\u2014 name AAAAAQID\n", signatures));
        Assert.Equal(16, Parse(Note(16)).Signatures.Count);
        Assert.False(SignedNote.TryParse(Note(1_000), out _));
    }

    /// <summary>Source: golang.org/x/mod, sumdb/note/note_test.go.</summary>
    [Theory]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10")]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")]
    [InlineData("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3")]
    [InlineData("")]
    public void What_is_no_key_is_refused(string text) => Assert.False(NoteKey.TryParse(text, out _));

    [Fact]
    public void A_checkpoint_is_written_and_read_as_three_lines()
    {
        const string text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        Assert.True(Checkpoint.TryParse(text, out var read));
        Assert.Equal((text, 20852163L, "example.com/behind-the-sofa"), (read.Text, read.Size, read.Origin));
        Assert.True(Checkpoint.TryParse(text + "an extension\n", out var extended));
        Assert.Equal(read, extended);
    }

    [Theory]
    [InlineData("")]
    [InlineData("origin\n1\n")]
    [InlineData("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgI AUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n1\nAAAA\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n")]
    public void What_is_no_checkpoint_is_refused(string text) => Assert.False(Checkpoint.TryParse(text, out _));

    [Fact]
    public void A_key_signs_for_every_ledger_under_its_own_name()
    {
        using var signer = new NoteSigner(SHA256Seed("a key"));
        var (ours, theirs) = (signer.KeyNamed("domesday/acme"), signer.KeyNamed("domesday/other"));
        var note = signer.Sign("domesday/acme", new Checkpoint("domesday/acme", 0, MerkleHash.EmptyRoot).Text);
        Assert.True(ours.Verifies(note));
        Assert.False(theirs.Verifies(note));
    }

    private static byte[] SHA256Seed(string text) => System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
