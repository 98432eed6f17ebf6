using Domesday.Architecture.Tests.Metadata;

namespace Domesday.Architecture.Tests;

/// <summary>A new source, dialect or sink is one folder and one line in the catalogue.</summary>
public class PlugInTests
{
    /// <summary>The files that each plug-in folder of an assembly holds; {0} is the folder's name.</summary>
    private static readonly Dictionary<string, string[]> FilesOfEach = new()
    {
        ["Domesday.Ingest"] = ["{0}Source.cs", "README.md"],
        ["Domesday.Dialects"] = ["{0}Dialect.cs", "{0}Endpoints.cs", "{0}Query.cs", "{0}Record.cs", "{0}Json.cs", "{0}Errors.cs", "{0}Options.cs", "README.md"],
        ["Domesday.Sinks"] = ["{0}Sink.cs", "{0}Options.cs", "{0}Log.cs", "README.md"],
    };

    /// <summary>Folders beside the plug-ins that hold what several of them share, and no plug-in.</summary>
    private static readonly string[] Shared = ["Domesday.Ingest.AuditRecords", "Domesday.Sinks.Aws", "Domesday.Sinks.Transport"];

    private static IEnumerable<string> Assemblies => FilesOfEach.Keys.Where(project => Repository.Exists($"src/{project}"));

    [Fact]
    public void Every_plug_in_holds_the_same_kinds_of_files()
    {
        var missing = from project in Assemblies
                      from folder in Folders(project)
                      from pattern in FilesOfEach[project]
                      let file = $"src/{project}/{folder}/{string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, folder)}"
                      where !Repository.Exists(file)
                      select file;
        Offenders.None(missing);
    }

    /// <summary>What a vendor's client sends and gets is written down, and tried.</summary>
    [Fact]
    public void Every_dialect_has_recorded_requests_and_answers()
    {
        if (!Repository.Exists("src/Domesday.Dialects")) return;
        var without = from folder in Folders("Domesday.Dialects")
                      where !Repository.Under($"tests/Domesday.Dialects.Tests/{folder}/fixtures").Any(file => file.EndsWith(".http", StringComparison.Ordinal))
                      select folder;
        Offenders.None(without);
    }

    [Fact]
    public void Beside_the_plug_ins_stands_only_their_catalogue()
    {
        var beside = from project in Assemblies
                     from file in Repository.Under("src/" + project)
                     where file.EndsWith(".cs", StringComparison.Ordinal) && file.Split('/').Length == 3 && !file.EndsWith("Catalog.cs", StringComparison.Ordinal)
                     select file;
        Offenders.None(beside);
    }

    [Fact]
    public void No_plug_in_knows_another()
    {
        var known = new List<string>();
        foreach (var project in Assemblies)
        {
            using var assembly = CompiledAssembly.Open(project);
            known.AddRange(NamespaceUses.Of(assembly).Where(use => use.Key.From != project && !Shared.Contains(use.Key.To)).Select(use => use.Value));
        }
        Offenders.None(known);
    }

    private static IEnumerable<string> Folders(string project) =>
        Repository.Under("src/" + project).Select(file => file.Split('/')).Where(parts => parts.Length > 3 && !Shared.Contains($"{project}.{parts[2]}")).Select(parts => parts[2]).Distinct();
}
