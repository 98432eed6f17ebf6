using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Domesday.Cli.Help;

/// <summary>The usual help, and examples behind it.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    /// <summary>Puts it in the place of the root's own help.</summary>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction usual) option.Action = new ExampleHelp(usual);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ExampledCommand command) return 0;
        var output = parseResult.InvocationConfiguration.Output;
        if (command.Remarks is { } remarks) output.WriteLine($"{remarks}\n");
        output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in command.Examples) output.WriteLine("  " + example);
        return 0;
    }
}
