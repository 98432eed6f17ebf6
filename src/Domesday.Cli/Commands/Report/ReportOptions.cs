using System.CommandLine;
using Domesday.Client;

namespace Domesday.Cli.Commands.Report;

/// <summary>The options that say what a report shall be.</summary>
internal sealed class ReportOptions
{
    private readonly Option<string?> _by = By(absent: null);
    private readonly Option<string?> _filter = new("--filter") { HelpName = "PARAMETERS", Description = "Which events count, such as 'result=failure'; empty for all." };
    private readonly Option<string?> _every = new Option<string?>("--every") { HelpName = "day|week|month", Description = "How long a time each report is about, in UTC; month without it." }.AcceptOnlyFromAmong("day", "week", "month");
    private readonly Option<int?> _hour = new("--hour") { HelpName = "0-23", Description = "Hours after the end of that time when it is sent." };
    private readonly Option<string?> _channels = new("--channels") { HelpName = "SINK[,SINK…]", Description = "Sinks of the types mail and webhook that were made with --channel, by id or name." };

    public ReportOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _by, _filter, _every, _hour, _channels }) command.Options.Add(option);
        return this;
    }

    public static Option<string?> By(string? absent)
    {
        var by = new Option<string?>("--by") { HelpName = "project|actor|service|day", Description = "What it is split by; project without it." }.AcceptOnlyFromAmong("project", "actor", "service", "day");
        if (absent is not null) by.DefaultValueFactory = _ => absent;
        return by;
    }

    public ReportWish Read(ParseResult parse) => new()
    {
        By = parse.GetValue(_by),
        Filter = parse.GetValue(_filter),
        Every = parse.GetValue(_every),
        Hour = parse.GetValue(_hour),
        Channels = parse.GetValue(_channels)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };
}
