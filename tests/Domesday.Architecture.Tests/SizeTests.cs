using Domesday.Architecture.Tests.Metadata;

namespace Domesday.Architecture.Tests;

/// <summary>What is too long to take in is split.</summary>
public class SizeTests
{
    [Fact]
    public void No_file_is_longer_than_a_reader_takes_in()
    {
        var lines = Repository.Sources.ToDictionary(file => file, file => Repository.Read(file).AsSpan().TrimEnd().Count('\n') + 1);
        Offenders.None(Ratchet.Faults(Ratchet.LongFiles, lines, Ratchet.FileLinesMax));
    }

    [Fact]
    public void No_method_is_longer_than_a_screen()
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var project in Repository.Projects("src"))
        {
            using var assembly = CompiledAssembly.Open(project);
            foreach (var (method, count) in MethodLines.Of(assembly)) lines[$"{project}: {method}"] = count;
        }
        Assert.Contains(lines, method => method.Value > 10);
        Offenders.None(Ratchet.Faults(Ratchet.LongMethods, lines, Ratchet.MethodLinesMax));
    }

    [Fact]
    public void A_listed_offender_may_shrink_but_not_grow()
    {
        var listed = new Dictionary<string, int> { ["a"] = 70 };
        Assert.Empty(Ratchet.Faults(listed, new Dictionary<string, int> { ["a"] = 70 }, 60));
        Assert.Contains("grew", Assert.Single(Ratchet.Faults(listed, new Dictionary<string, int> { ["a"] = 71 }, 60)), StringComparison.Ordinal);
        Assert.Contains("lower", Assert.Single(Ratchet.Faults(listed, new Dictionary<string, int> { ["a"] = 69 }, 60)), StringComparison.Ordinal);
        Assert.Contains("take its line out", Assert.Single(Ratchet.Faults(listed, new Dictionary<string, int> { ["a"] = 60 }, 60)), StringComparison.Ordinal);
        Assert.Contains("b has 61", Assert.Single(Ratchet.Faults(listed, new Dictionary<string, int> { ["a"] = 70, ["b"] = 61 }, 60)), StringComparison.Ordinal);
    }
}
