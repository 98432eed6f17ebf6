using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Client;

namespace Domesday.Cli.Selection;

/// <summary>Every filter of the service as an option: <c>actor_name</c> is <c>--actor-name</c>.</summary>
internal sealed class SelectionOptions
{
    private readonly List<(string Parameter, Option<string[]> Option)> _fields =
        [.. EventSelection.Fields.Select(field => (field, new Option<string[]>(NameOf(field)) { HelpName = "VALUE", Description = DescriptionOf(field) }))];

    private readonly Option<string?> _from = new("--from") { HelpName = "TIME", Description = "From this time on: 2026-02-11T22:21:02Z, 2026-02-11, -15m, -24h, -7d." };
    private readonly Option<string?> _to = new("--to") { HelpName = "TIME", Description = "Before this time." };
    private readonly Option<long?> _fromSequence = new("--from-sequence") { HelpName = "NUMBER", Description = "From this sequence on." };
    private readonly Option<long?> _toSequence = new("--to-sequence") { HelpName = "NUMBER", Description = "Before this sequence." };
    private readonly Option<string?> _text = new("--search", "-q") { HelpName = "TEXT", Description = "The whole of a resource id, an actor's name or id, a source address or a request id." };
    private readonly Option<bool> _part = new("--substring") { Description = "--search is for a part of a name, operation, action, type, id, uri or reason, whatever the case of its letters." };
    private readonly Option<string[]> _exclude = new("--exclude") { HelpName = "FIELD=VALUE", Description = "Without events whose field has this value; FIELD is any of the fields above. May be repeated." };

    public SelectionOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _from, _to, _text, _part }.Concat(_fields.Select(field => field.Option)).Concat([_exclude, _fromSequence, _toSequence])) command.Options.Add(option);
        return this;
    }

    /// <exception cref="UsageException">An exclusion has another form.</exception>
    public EventSelection Read(ParseResult parse)
    {
        var selection = EventSelection.All;
        // The service splits comma lists, so that what is typed here is what stands in a URL.
        foreach (var (parameter, option) in _fields) selection = (parse.GetValue(option) ?? []).Aggregate(selection, (all, value) => all.With(parameter, value));
        foreach (var exclusion in parse.GetValue(_exclude) ?? []) selection = Exclude(selection, exclusion);
        if (parse.GetValue(_from) is { } from) selection = selection.With("from", from);
        if (parse.GetValue(_to) is { } to) selection = selection.With("to", to);
        if (parse.GetValue(_fromSequence) is { } first) selection = selection.With("from_sequence", $"{first}");
        if (parse.GetValue(_toSequence) is { } end) selection = selection.With("to_sequence", $"{end}");
        if (parse.GetValue(_text) is { } text) return selection.Matching(text, parse.GetValue(_part));
        return parse.GetValue(_part) ? throw new UsageException("--substring says how to search, but there is no --search.") : selection;
    }

    private static EventSelection Exclude(EventSelection selection, string exclusion)
    {
        var parts = exclusion.Split('=', 2);
        var field = parts[0].Replace('-', '_');
        return parts.Length == 2 && EventSelection.Fields.Contains(field) ? selection.With($"exclude_{field}", parts[1])
            : throw new UsageException($"--exclude must be FIELD=VALUE with one of the fields {string.Join(", ", EventSelection.Fields)}; not {exclusion}.");
    }

    private static string NameOf(string parameter) => $"--{parameter.Replace('_', '-')}";

    private static string DescriptionOf(string field) => field switch
    {
        "project" => "Name of the project.",
        "cluster" => "Name of the cluster.",
        "result" => "success, failure or unknown.",
        "refers_to" => "Sequence of the event that a note, correction or sign-off is about.",
        "status" => "Status of the outcome, such as 403.",
        "source_kind" => "Kind of source it came over, such as native or kubernetes.",
        "action" => "Action, such as create; several as a comma list, or by repeating the option. So with all fields below.",
        _ => char.ToUpperInvariant(field[0]) + field[1..].Replace('_', ' ') + ".",
    };
}
