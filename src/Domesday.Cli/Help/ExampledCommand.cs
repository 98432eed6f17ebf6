using System.CommandLine;

namespace Domesday.Cli.Help;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampledCommand : Command
{
    public ExampledCommand(string name, string description, params IReadOnlyList<string> examples) : base(name, description) => Examples = examples;

    /// <summary>What the list of commands has no room for; null: nothing.</summary>
    public string? Remarks { get; init; }

    /// <summary>Whole lines, as they are typed.</summary>
    public IReadOnlyList<string> Examples { get; }
}
