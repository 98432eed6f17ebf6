using Domesday.Client;

namespace Domesday.Cli.Commands.Send;

internal sealed record SendSettings(AppendOptions Append)
{
    public required int BatchEvents { get; init; }

    public required int Connections { get; init; }

    public required long FirstLine { get; init; }

    public required string? ReceiptsFile { get; init; }
}
