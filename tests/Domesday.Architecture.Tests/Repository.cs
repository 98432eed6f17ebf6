using System.Xml.Linq;

namespace Domesday.Architecture.Tests;

/// <summary>The files of the project, as a clone has them.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotOurs = [".git", "artifacts", "data", "bin", "obj", "BenchmarkDotNet.Artifacts", ".vs", ".idea", ".vscode"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file, by its path from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal)];

    /// <summary>The hand-written C# of src and tests.</summary>
    public static IEnumerable<string> Sources => Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<string> Under(string folder) => Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>Names of the projects under a folder, without <c>.csproj</c>.</summary>
    public static IReadOnlyList<string> Projects(string folder) =>
        [.. Under(folder).Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file))];

    public static IReadOnlyList<string> ProjectReferences(string project) =>
    [
        .. XDocument.Parse(Read($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))),
    ];

    /// <summary>The compiled assembly of a project, in the configuration of this test.</summary>
    public static string AssemblyFile(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var folder = Path.Combine(Root, "artifacts", "bin", project, configuration);
        var named = XDocument.Parse(Read($"src/{project}/{project}.csproj")).Descendants("AssemblyName").FirstOrDefault()?.Value ?? project;
        return Path.Combine(folder, named + ".dll");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Domesday.slnx"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests run outside of the project's folder.");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder)) yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        foreach (var child in Directory.EnumerateDirectories(folder).Where(child => !NotOurs.Contains(Path.GetFileName(child))))
        {
            foreach (var file in Walk(child)) yield return file;
        }
    }
}
