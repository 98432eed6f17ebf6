using Domesday.Architecture.Tests.Metadata;

namespace Domesday.Architecture.Tests;

/// <summary>One folder is one feature: within an assembly, features depend on each other one way only.</summary>
public class CycleTests
{
    public static TheoryData<string> Projects => [.. Repository.Projects("src")];

    [Fact]
    public void No_namespaces_use_each_other_in_a_circle()
    {
        var closing = new List<string>();
        var examples = new List<string>();
        foreach (var project in Repository.Projects("src"))
        {
            using var assembly = CompiledAssembly.Open(project);
            var uses = NamespaceUses.Of(assembly);
            foreach (var (from, to) in uses.Keys.Where(use => Reaches(uses.Keys, use.To, use.From)))
            {
                closing.Add($"{from} → {to}");
                examples.Add($"{from} → {to}: {uses[(from, to)]}");
            }
        }
        var faults = Ratchet.Faults(Ratchet.NamespaceCycles, closing);
        Offenders.None(faults.Select(fault => examples.Find(example => example.StartsWith(fault + ":", StringComparison.Ordinal)) ?? fault));
    }

    [Fact]
    public void A_use_through_a_third_namespace_is_a_circle_too()
    {
        (string From, string To)[] uses = [("A", "B"), ("B", "C"), ("C", "A"), ("C", "D")];
        Assert.All(uses[..3], use => Assert.True(Reaches(uses, use.To, use.From)));
        Assert.False(Reaches(uses, "D", "C"));
    }

    /// <summary>The pipeline names its quarantine ledger by a static method of Access, and nothing else of it.</summary>
    [Fact]
    public void A_use_within_a_method_alone_is_seen()
    {
        using var assembly = CompiledAssembly.Open("Domesday.Core");
        Assert.Contains(("Domesday.Core.Append", "Domesday.Core.Access"), NamespaceUses.Of(assembly).Keys);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_files_namespace_is_its_folder(string project)
    {
        var files = Repository.Under("src/" + project).Where(file => file.EndsWith(".cs", StringComparison.Ordinal));
        var astray = files.Where(file => Declared(file) is { } declared && declared != Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.'));
        Offenders.None(astray);
    }

    private static string? Declared(string file) => Repository.Read(file).Split('\n')
        .FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';', '\r', ' ');

    private static bool Reaches(IEnumerable<(string From, string To)> uses, string from, string to)
    {
        var reached = new HashSet<string> { from };
        var next = new Queue<string>([from]);
        while (next.TryDequeue(out var space))
        {
            foreach (var use in uses.Where(use => use.From == space && reached.Add(use.To))) next.Enqueue(use.To);
        }
        return reached.Contains(to);
    }
}
