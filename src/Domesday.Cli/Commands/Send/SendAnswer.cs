using Domesday.Client;

namespace Domesday.Cli.Commands.Send;

/// <summary>What became of a batch.</summary>
/// <param name="Skipped">Lines that are not meant to be events.</param>
internal sealed record SendAnswer(int Stored, int Duplicates, int Quarantined = 0, int Skipped = 0)
{
    /// <summary>Where the service gives some.</summary>
    public IReadOnlyList<AppendReceipt> Receipts { get; private init; } = [];

    public IReadOnlyList<RejectedEvent> Rejected { get; private init; } = [];

    public static SendAnswer From(AppendAnswer answer)
    {
        var duplicates = answer.Receipts.Count(receipt => receipt.Duplicate);
        return new(answer.Receipts.Count - duplicates, duplicates, answer.Quarantined) { Receipts = answer.Receipts, Rejected = answer.Rejected ?? [] };
    }

    public static SendAnswer From(ControllerLogAnswer answer) => new(answer.Stored, answer.Duplicate, answer.Quarantined, answer.Skipped);
}
