using System.Text.RegularExpressions;

namespace Domesday.Architecture.Tests;

/// <summary>What the project's files must not say, and what their links must lead to.</summary>
public partial class TextTests
{
    private static readonly string[] TextEndings = [".cs", ".md", ".csproj", ".props", ".slnx", ".json", ".go", ".razor", ".css", ".yml", ".yaml", ".sql", ".txt", ".sh", ""];

    private static IEnumerable<string> Texts => Repository.Files.Where(file =>
        TextEndings.Contains(Path.GetExtension(file)) && file != "BannedSymbols.txt" && !file.EndsWith(".lock.json", StringComparison.Ordinal) && !file.Contains("/fixtures/", StringComparison.Ordinal));

    private static IEnumerable<string> Documents => Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Nothing_is_left_open_and_no_machine_shows()
    {
        var found = from file in Texts
                    where !file.EndsWith(nameof(TextTests) + ".cs", StringComparison.Ordinal)
                    from line in Repository.Read(file).Split('\n').Index()
                    where LeftOpen().IsMatch(line.Item) || MachinePath().IsMatch(line.Item)
                    select $"{file}:{line.Index + 1}: {line.Item.Trim()}";
        Offenders.None(found);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var broken = from file in Documents
                     from Match link in Link().Matches(WithoutCode(Repository.Read(file)))
                     let target = link.Groups[1].Value
                     where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal) && !LeadsSomewhere(file, target)
                     select $"{file}: {target}";
        Offenders.None(broken);
    }

    [Fact]
    public void Documents_that_comments_name_exist()
    {
        var missing = from file in Repository.Sources
                      from Match mention in DocumentMention().Matches(Repository.Read(file))
                      where !Repository.Exists(mention.Value)
                      select $"{file}: {mention.Value}";
        Offenders.None(missing);
    }

    [Fact]
    public void Every_decision_has_a_number_of_its_own()
    {
        var records = Repository.Under("docs/adr").Select(file => Path.GetFileName(file)).ToList();
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Matches(RecordName(), record));
        Assert.All(records, record => Assert.StartsWith($"# {record[..4]}", Repository.Read($"docs/adr/{record}"), StringComparison.Ordinal));
        Assert.Distinct(records.Select(record => record[..4]));
    }

    private static bool LeadsSomewhere(string file, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? file : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, parts[0])).Replace('\\', '/');
        if (!Repository.Exists(path)) return false;
        return parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal) || Anchors(path).Contains(parts[1]);
    }

    /// <summary>Headings as the anchors that forges make of them: lower case, hyphens for spaces, no punctuation.</summary>
    private static IEnumerable<string> Anchors(string file) => WithoutCode(Repository.Read(file)).Split('\n')
        .Where(line => line.StartsWith('#'))
        .Select(line => NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutCode(string text) => Fence().Replace(text, "");

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b|\bThread\.Sleep\(")]
    private static partial Regex LeftOpen();

    [GeneratedRegex(@"(?<![\w.:/-])/(home|root|work|Users|mnt|farm)/\w|\b[A-Z]:\\\\?(Users|src)\b")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\[[^\]\n]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"docs/[\w/-]+\.md")]
    private static partial Regex DocumentMention();

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex RecordName();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
