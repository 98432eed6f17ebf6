using Domesday.Client.Verification;
using Domesday.Events.Merkle;

namespace Domesday.Client.Tests.Verification;

public sealed class KnownLedgersTests : IDisposable
{
    private static readonly Uri Server = new("http://127.0.0.1:1086/");

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("domesday-known-").FullName, "ledgers");
    private readonly TestLog _log = new(10);

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
    }

    [Fact]
    public void What_was_remembered_is_found_again_for_the_same_service_and_ledger_alone()
    {
        var known = new KnownLedgers(_folder);
        Assert.Null(known.Find(Server, "acme"));
        known.Remember(Server, "acme", new(_log.Key, _log.Note));
        var found = known.Find(Server, "acme");
        Assert.Equal((_log.Key.ToString(), _log.Note), (found?.Key.ToString(), found?.Note));
        Assert.Null(known.Find(Server, "other"));
        Assert.Null(known.Find(Server, ""));
        Assert.Null(known.Find(new("http://127.0.0.1:1087/"), "acme"));
        known.Remember(Server, "acme", new(_log.Key, null));
        Assert.Null(known.Find(Server, "acme")?.Note);
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else\n")]
    public void A_damaged_memory_is_not_taken_for_none(string contents)
    {
        var known = new KnownLedgers(_folder);
        Directory.CreateDirectory(_folder);
        File.WriteAllText(known.FileOf(Server, "acme"), contents);
        Assert.Throws<FormatException>(() => known.Find(Server, "acme"));
    }

    [Fact]
    public void A_remembered_checkpoint_that_the_key_did_not_sign_is_refused()
    {
        using var signer = new NoteSigner(new byte[32]);
        var forged = new KnownLedger(signer.KeyNamed(_log.Origin), _log.Note).ToString();
        Assert.Throws<FormatException>(() => KnownLedger.Parse(forged));
    }
}
