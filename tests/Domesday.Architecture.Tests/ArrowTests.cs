using Domesday.Architecture.Tests.Metadata;

namespace Domesday.Architecture.Tests;

/// <summary>Which assembly may know which: CONTRIBUTING.md, «The tree».</summary>
public class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Domesday.Events"] = [],
        ["Domesday.Core"] = ["Domesday.Events"],
        ["Domesday.Http"] = ["Domesday.Core", "Domesday.Events"],
        ["Domesday.Ingest"] = ["Domesday.Http", "Domesday.Core", "Domesday.Events"],
        ["Domesday.Dialects"] = ["Domesday.Http", "Domesday.Core", "Domesday.Events"],
        ["Domesday.Ui"] = ["Domesday.Http", "Domesday.Core", "Domesday.Events"],
        ["Domesday.Sinks"] = ["Domesday.Core", "Domesday.Events"],
        ["Domesday.Storage.Embedded"] = ["Domesday.Core", "Domesday.Events"],
        ["Domesday.Storage.Postgres"] = ["Domesday.Core", "Domesday.Events"],
        ["Domesday.Server"] =
        [
            "Domesday.Ui", "Domesday.Dialects", "Domesday.Ingest", "Domesday.Sinks", "Domesday.Storage.Embedded", "Domesday.Storage.Postgres",
            "Domesday.Http", "Domesday.Core", "Domesday.Events",
        ],
        ["Domesday.Client"] = ["Domesday.Events"],
        ["Domesday.Capture"] = ["Domesday.Client", "Domesday.Events"],
        ["Domesday.Proxy"] = ["Domesday.Capture", "Domesday.Client", "Domesday.Events"],
        ["Domesday.Cli"] = ["Domesday.Server", "Domesday.Proxy", "Domesday.Client", "Domesday.Events"],
    };

    public static TheoryData<string> Projects => [.. Repository.Projects("src")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_it_may_know(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} has no arrows: write them here and in CONTRIBUTING.md.");
        Offenders.None(Repository.ProjectReferences(project).Except(Allowed[project]));
    }

    /// <summary>A reference that comes along with another one is used as easily as one that is written down.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void A_compiled_assembly_uses_only_those_it_may_know(string project)
    {
        using var assembly = CompiledAssembly.Open(project);
        var used = assembly.References.Where(reference => reference.StartsWith("Domesday.", StringComparison.Ordinal));
        Offenders.None(used.Except(Allowed[project]));
    }

    [Fact]
    public void Events_need_no_package() => Assert.DoesNotContain("PackageReference", Repository.Read("src/Domesday.Events/Domesday.Events.csproj"), StringComparison.Ordinal);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Domesday.slnx");
        var projects = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));
        var missing = projects.Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal));
        Offenders.None(missing);
    }
}
