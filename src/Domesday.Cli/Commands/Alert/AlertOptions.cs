using System.CommandLine;
using Domesday.Client;

namespace Domesday.Cli.Commands.Alert;

/// <summary>The options that say what a rule shall be.</summary>
internal sealed class AlertOptions
{
    private readonly Option<string?> _filter = new("--filter") { HelpName = "PARAMETERS", Description = "Which events count, such as 'action=delete&result=failure'; empty for all." };
    private readonly Option<string?> _condition = new("--condition") { HelpName = "NAME", Description = "each event, a count within a window, first_seen of a group, or absence of events." };
    private readonly Option<int?> _count = new("--count") { HelpName = "NUMBER", Description = "Of count: so many events." };
    private readonly Option<int?> _window = new("--window") { HelpName = "SECONDS", Description = "Of count and absence: within so many seconds." };
    private readonly Option<string?> _groupBy = new("--group-by") { HelpName = "PATH[,PATH…]", Description = "Fields that part events into groups, such as actor.id; source_range is the range of addresses." };
    private readonly Option<int?> _cooldown = new("--cooldown") { HelpName = "SECONDS", Description = "So long after an alert a group raises no other one; 300 without it." };
    private readonly Option<string?> _severity = new("--severity") { HelpName = "NAME", Description = "critical, error, warning (without it) or info." };
    private readonly Option<string?> _channels = new("--channels") { HelpName = "SINK[,SINK…]", Description = "Sinks that were made with --channel, by id or name; empty for none." };

    public AlertOptions AddTo(Command command)
    {
        _condition.AcceptOnlyFromAmong("each", "count", "first_seen", "absence");
        _severity.AcceptOnlyFromAmong("critical", "error", "warning", "info");
        foreach (var option in new Option[] { _filter, _condition, _count, _window, _groupBy, _cooldown, _severity, _channels }) command.Options.Add(option);
        return this;
    }

    public AlertWish Read(ParseResult parse) => new()
    {
        Filter = parse.GetValue(_filter),
        Condition = parse.GetValue(_condition),
        Count = parse.GetValue(_count),
        WindowSeconds = parse.GetValue(_window),
        GroupBy = ListOf(parse.GetValue(_groupBy)),
        CooldownSeconds = parse.GetValue(_cooldown),
        Severity = parse.GetValue(_severity),
        Channels = ListOf(parse.GetValue(_channels)),
    };

    private static string[]? ListOf(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
