using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Commands.Bench;

/// <summary>What all measurements have in common: how many connections, which service, and how the result is told.</summary>
internal sealed class BenchFrame
{
    private readonly CliConsole _console;
    private readonly Option<int> _connections;
    private readonly Option<bool> _json = new("--json") { Description = "Each measurement as a JSON object on a line." };
    private readonly ConnectionOptions _connection;

    public BenchFrame(CliConsole console, Command command, int connections)
    {
        _console = console;
        _connections = new("--connections") { HelpName = "NUMBER", Description = "Requests at the same time.", DefaultValueFactory = _ => connections };
        command.Options.Add(_connections);
        command.Options.Add(_json);
        _connection = new ConnectionOptions(console).AddTo(command);
    }

    public async Task<int> RunAsync(ParseResult parse, Func<DomesdayClient, int, Task<List<BenchReport>>> measure)
    {
        var connections = parse.GetValue(_connections) is >= 1 and <= 1_024 and var number ? number : throw new UsageException("--connections must be between 1 and 1024.");
        using var client = _connection.Connect(parse);
        BenchReport.Write(_console, await measure(client, connections), parse.GetValue(_json));
        return 0;
    }
}
