using System.Text.RegularExpressions;
using Domesday.Architecture.Tests.Metadata;

namespace Domesday.Architecture.Tests;

/// <summary>Names say what a thing is, and where it stands.</summary>
public partial class NameTests
{
    private static readonly string[] BannedEndings = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Common", "Misc"];

    [Fact]
    public void No_type_has_a_name_that_says_nothing()
    {
        var named = new List<string>();
        foreach (var project in Repository.Projects("src"))
        {
            using var assembly = CompiledAssembly.Open(project);
            named.AddRange(assembly.WrittenTypes.Select(assembly.NameOf).Where(name => BannedEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))));
        }
        Offenders.None(named);
    }

    [Fact]
    public void A_file_bears_the_name_of_a_type_in_it()
    {
        var unnamed = Repository.Sources.Where(file => Path.GetFileName(file) is not ("Program.cs" or "AssemblyInfo.cs") && !Names(file));
        Offenders.None(unnamed);
    }

    [Fact]
    public void A_class_that_nobody_derives_from_is_sealed()
    {
        var open = new List<string>();
        foreach (var project in Repository.Projects("src").Where(project => project != "Domesday.Ui"))
        {
            using var assembly = CompiledAssembly.Open(project);
            open.AddRange(Inheritance.OpenWithoutHeirs(assembly));
        }
        Offenders.None(open);
    }

    [Fact]
    public void No_interface_stands_beside_its_only_implementation()
    {
        var implementations = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var interfaces = new List<(string Project, string Name)>();
        foreach (var project in Repository.Projects("src"))
        {
            using var assembly = CompiledAssembly.Open(project);
            interfaces.AddRange(Implementations.Interfaces(assembly).Select(name => (project, name)));
            foreach (var name in Implementations.Of(assembly))
            {
                if (!implementations.TryGetValue(name, out var projects)) implementations.Add(name, projects = []);
                projects.Add(project);
            }
        }
        var lonely = interfaces.Where(one => implementations.GetValueOrDefault(one.Name) is [var only] && only == one.Project).Select(one => one.Name);
        Offenders.None(Ratchet.Faults(Ratchet.LonelyInterfaces, [.. lonely]));
    }

    /// <summary>X.cs and its parts, such as X.Parsing.cs or X.razor.cs, hold a type X.</summary>
    private static bool Names(string file)
    {
        var name = Path.GetFileName(file).Split('.')[0];
        return TypeDeclaration().Matches(Repository.Read(file)).Any(match => match.Groups[1].Value == name);
    }

    [GeneratedRegex(@"\b(?:class|record struct|struct|record|interface|enum|delegate\s+[\w<>\[\]?,. ]+?)\s+(\w+)")]
    private static partial Regex TypeDeclaration();
}
