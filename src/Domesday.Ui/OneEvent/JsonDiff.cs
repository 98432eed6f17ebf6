using System.Globalization;
using System.Text.Json;

namespace Domesday.Ui.OneEvent;

/// <summary>Two JSON values, element by element.</summary>
/// <param name="Same">How many elements are equal on both sides.</param>
/// <param name="IsCut">There were more elements than are looked at.</param>
public sealed record JsonDiff(IReadOnlyList<JsonDifference> Differences, int Same, bool IsCut)
{
    private const int ElementsMax = 4_000;

    /// <param name="before">Null when there is nothing on that side.</param>
    /// <param name="after">Null when there is nothing on that side.</param>
    public static JsonDiff Of(JsonElement? before, JsonElement? after)
    {
        var (left, right) = (Flat(before), Flat(after));
        var differences = new List<JsonDifference>();
        var same = 0;
        foreach (var path in left.Keys.Concat(right.Keys.Where(path => !left.ContainsKey(path))))
        {
            var (was, becomes) = (left.GetValueOrDefault(path), right.GetValueOrDefault(path));
            if (was == becomes) same++;
            else differences.Add(new(path, was, becomes));
        }
        return new(differences, same, left.Count >= ElementsMax || right.Count >= ElementsMax);
    }

    /// <summary>Each leaf by its path, in order; numbers keep their digits.</summary>
    private static Dictionary<string, string> Flat(JsonElement? value)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        if (value is { } element) Add(leaves, "", element);
        return leaves;
    }

    private static void Add(Dictionary<string, string> leaves, string path, JsonElement element)
    {
        if (leaves.Count >= ElementsMax) return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.EnumerateObject().Any():
                foreach (var member in element.EnumerateObject()) Add(leaves, path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value);
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                foreach (var (index, item) in element.EnumerateArray().Index()) Add(leaves, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item);
                break;
            case JsonValueKind.String:
                leaves[path] = element.GetString()!;
                break;
            default:
                leaves[path] = element.GetRawText();
                break;
        }
    }
}

/// <summary>An element that is not the same on both sides.</summary>
/// <param name="Before">Null where it is only on the other side.</param>
/// <param name="After">Null where it is only on the other side.</param>
public sealed record JsonDifference(string Path, string? Before, string? After)
{
    public string Kind => (Before, After) switch { (null, _) => "added", (_, null) => "removed", _ => "changed" };
}
