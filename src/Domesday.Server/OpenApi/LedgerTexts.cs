namespace Domesday.Server.OpenApi;

/// <summary>The ledger as a transparency log.</summary>
internal static class LedgerTexts
{
    private const string Log = "/audit/v1/log";

    private static readonly ContentText Text = new("text/plain", null);
    private static readonly ContentText Octets = new("application/octet-stream", null);
    private static readonly ParameterText Place = new("place", Form.Text, "`x001/234` or `x001/234.p/56`, as C2SP tlog-tiles writes numbers and widths.") { Place = ParameterPlace.Path };

    public static SurfaceText Surface { get; } = new("Ledger", "Checkpoints, tiles and proofs by C2SP tlog-tiles and RFC 6962: docs/proofs.md.", "Problem",
        new($"GET {Log}/checkpoint", "The newest signed checkpoint") { Answers = [new(200, "A C2SP signed note.", Text)] },
        new($"GET {Log}/checkpoint/cosigned", "The newest checkpoint that witnesses cosigned") { Details = "Without witnesses the newest checkpoint as it is.", Answers = [new(200, "A C2SP signed note with cosignatures (cosignature/v1).", Text)] },
        new($"GET {Log}/witnesses", "How witnesses stand to the ledger") { Answers = [AnswerText.Json("WitnessList", "The witnesses of the settings.")] },
        new($"GET {Log}/key", "Verifier keys of the checkpoints") { Answers = [new(200, "A key on each line; the one that signs today is the first.", Text)] },
        new($"GET {Log}/tile/{{level}}/{{**place}}", "A tile of the tree") { Parameters = [Place], Answers = [new(200, "Its hashes.", Octets)] },
        new($"GET {Log}/tile/entries/{{**place}}", "A bundle of entries") { Parameters = [Place], Answers = [new(200, "The entries, each behind its length.", Octets)] },
        new($"GET {Log}/tile/kept/{{**place}}", "A bundle of entries, some of which are gone") { Details = "Those that were erased or dropped have no bytes.", Parameters = [Place], Answers = [new(200, "The entries, each behind its length.", Octets)] },
        new($"GET {Log}/verification", "What the last verification of the whole ledger found") { Answers = [AnswerText.Json("Verification", "How it stands.")] },
        new($"POST {Log}/verification", "Verify the whole ledger") { Answers = [AnswerText.Json("Verification", "It has begun.", 202)] },
        new($"GET {Log}/proof/inclusion", "Proof that an event is in the ledger")
        {
            Parameters = [new("sequence", Form.Number(0), "The event.") { Required = true }, new("size", Form.Number(1), "Of the tree; that of the newest checkpoint without it.")],
            Answers = [AnswerText.Json("Inclusion", "Hashes in base64, from leaf to root.")],
        },
        new($"GET {Log}/proof/consistency", "Proof that the ledger has only grown")
        {
            Parameters = [new("from", Form.Number(0), "Size of the older tree.") { Required = true }, new("to", Form.Number(0), "Size of the newer one; that of the newest checkpoint without it.")],
            Answers = [AnswerText.Json("Consistency", "Hashes in base64.")],
        });
}
