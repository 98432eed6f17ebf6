using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Domesday.Benchmarks;

/// <summary>Collects rows of a table and writes it, with what is needed to judge it.</summary>
public sealed class Report
{
    private readonly StringBuilder _text = new();

    public Report(string title, string command)
    {
        _text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
        _text.Append(CultureInfo.InvariantCulture, $"{DateTime.Today:yyyy-MM-dd}, commit {Git("rev-parse --short HEAD")}, {Environment.ProcessorCount} cores ({Processor()}), ");
        _text.Append(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {Environment.OSVersion.VersionString}, .NET {Environment.Version}. Command: `{command}`.\n\n");
    }

    public void Text(string line)
    {
        _text.Append(line).Append("\n\n");
        Console.WriteLine(line);
    }

    public void Header(params string[] cells)
    {
        Row(cells);
        _text.Append('|').Append(string.Concat(cells.Select((_, i) => i == 0 ? "---|" : "---:|"))).Append('\n');
    }

    public void Row(params string[] cells)
    {
        var line = $"| {string.Join(" | ", cells)} |";
        _text.Append(line).Append('\n');
        Console.WriteLine(line);
    }

    public void End() => _text.Append('\n');

    public override string ToString() => _text.ToString();

    /// <summary>Replaces what stands in a page between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
    public void WriteInto(string page, string name)
    {
        var text = File.ReadAllText(page);
        var (from, to) = (text.IndexOf($"<!-- {name} -->", StringComparison.Ordinal), text.IndexOf($"<!-- /{name} -->", StringComparison.Ordinal));
        if (from < 0 || to < from) throw new InvalidOperationException($"{page} has no place for {name}.");
        File.WriteAllText(page, $"{text[..from]}<!-- {name} -->\n{this}{text[to..]}");
    }

    public static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + "×";

    private static string Processor() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    private static string Git(string arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}
