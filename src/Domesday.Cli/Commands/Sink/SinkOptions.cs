using System.CommandLine;
using Domesday.Cli.Connection;
using Domesday.Client;

namespace Domesday.Cli.Commands.Sink;

/// <summary>The options that say what a sink shall be.</summary>
internal sealed class SinkOptions
{
    private readonly Option<string[]> _set = new("--set") { HelpName = "NAME=VALUE", Description = "A setting of the type; may be given several times. A value that begins with @ is read from that file, so that a secret does not stand in the command line.", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _filter = new("--filter") { HelpName = "PARAMETERS", Description = "Which events it gets, such as 'action=delete&result=failure'; empty for all." };
    private readonly Option<string?> _fields = new("--fields") { HelpName = "PATH[,PATH…]", Description = "The only fields that it gets, such as action,actor,resource.name; empty for all." };
    private readonly Option<string?> _format = new("--format") { HelpName = "NAME", Description = "The form that events have there; else the type's own." };
    private readonly Option<bool> _channel = new("--channel") { Description = "It gets nothing but the alerts whose rules name it." };

    public SinkOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _set, _filter, _fields, _format, _channel }) command.Options.Add(option);
        return this;
    }

    /// <param name="before">What the settings are now; those that are not given stay.</param>
    /// <exception cref="UsageException">A setting has no value.</exception>
    public SinkWish Read(ParseResult parse, IReadOnlyDictionary<string, string>? before)
    {
        var given = parse.GetValue(_set) ?? [];
        var settings = new Dictionary<string, string>(before ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var setting in given)
        {
            if (setting.Split('=', 2) is not [{ Length: > 0 } name, var value]) throw new UsageException($"--set takes NAME=VALUE, not {setting}.");
            if (value.Length == 0) settings.Remove(name);
            else settings[name] = value.StartsWith('@') ? File.ReadAllText(value[1..]).TrimEnd('\r', '\n') : value;
        }
        return new()
        {
            Settings = before is null || given.Length > 0 ? settings : null,
            Filter = parse.GetValue(_filter),
            Fields = parse.GetValue(_fields)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Format = parse.GetValue(_format),
            Channel = parse.GetValue(_channel) ? true : null,
        };
    }
}
