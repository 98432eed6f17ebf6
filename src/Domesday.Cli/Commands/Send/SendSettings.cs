namespace Domesday.Cli.Commands.Send;

/// <param name="Send">Sends a batch.</param>
internal sealed record SendSettings(Func<ReadOnlyMemory<byte>, CancellationToken, Task<SendAnswer>> Send)
{
    public required int BatchEvents { get; init; }

    public required int Connections { get; init; }

    public required long FirstLine { get; init; }

    public required string? ReceiptsFile { get; init; }

    /// <summary>The file is an export.</summary>
    public bool IsExport { get; init; }
}
