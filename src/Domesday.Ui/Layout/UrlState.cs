using System.Text;
using Domesday.Http.Parameters;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Domesday.Ui.Layout;

/// <summary>The query of a URL as an immutable list of names and values: what a page's links change a copy of.</summary>
public sealed class UrlState
{
    private readonly (string Name, string Value)[] _pairs;

    private UrlState(IEnumerable<(string, string)> pairs) => _pairs = [.. pairs];

    public static UrlState Empty { get; } = new([]);

    /// <summary>Reads a request's query; lists with commas become several pairs.</summary>
    public static UrlState Of(IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new(query.SelectMany(pair => pair.Value.SelectMany(value => IsList(pair.Key) ? CommaList.Split(value ?? "") : [value ?? ""]).Where(value => value.Length > 0).Select(value => (pair.Key, value))));
    }

    /// <summary>Reads a query that is kept as text, such as a saved view's.</summary>
    public static UrlState Of(string query) => Of(new QueryCollection(QueryHelpers.ParseQuery(query)));

    public IReadOnlyList<(string Name, string Value)> Pairs => _pairs;

    public bool IsEmpty => _pairs.Length == 0;

    /// <summary>The first value; null when there is none.</summary>
    public string? this[string name] => _pairs.FirstOrDefault(pair => pair.Name == name).Value;

    public IEnumerable<string> All(string name) => _pairs.Where(pair => pair.Name == name).Select(pair => pair.Value);

    public bool Has(string name, string value) => _pairs.Contains((name, value));

    /// <summary>With one value in place of all of that name; null takes them away.</summary>
    public UrlState With(string name, string? value) =>
        value is null ? new(_pairs.Where(pair => pair.Name != name)) : new(_pairs.Where(pair => pair.Name != name).Append((name, value)));

    /// <summary>With a further value.</summary>
    public UrlState Plus(string name, string value) => Has(name, value) ? this : new(_pairs.Append((name, value)));

    /// <summary>Without one value.</summary>
    public UrlState Minus(string name, string value) => new(_pairs.Where(pair => pair != (name, value)));

    public UrlState Without(params IReadOnlyCollection<string> names) => new(_pairs.Where(pair => !names.Contains(pair.Name)));

    public UrlState Only(IReadOnlyCollection<string> names) => new(_pairs.Where(pair => names.Contains(pair.Name)));

    /// <summary>The path with the query behind it.</summary>
    public string After(string path) => IsEmpty ? path : $"{path}?{this}";

    /// <summary>Escaped, without a question mark. A comma in a value is kept from splitting it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in _pairs)
        {
            if (text.Length > 0) text.Append('&');
            text.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(IsList(name) ? CommaList.Join([value]) : value));
        }
        return text.ToString();
    }

    /// <summary>The parameters that take several values.</summary>
    private static bool IsList(string name) =>
        EventParameters.TryFind(name.StartsWith(EventParameters.ExcludePrefix, StringComparison.Ordinal) ? name[EventParameters.ExcludePrefix.Length..] : name, out _);
}
