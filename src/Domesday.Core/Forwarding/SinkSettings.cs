using System.Globalization;
using Domesday.Core.Problems;

namespace Domesday.Core.Forwarding;

/// <summary>Reads a sink's settings, name by name, and tells every fault at once. What nobody asked for is unknown, and a fault too.</summary>
public sealed class SinkSettings(IReadOnlyDictionary<string, string> values)
{
    private const int TextCharsMax = 4_096;

    private readonly Dictionary<string, SettingForm> _asked = new(StringComparer.Ordinal);
    private readonly List<ProblemFault> _faults = [];

    /// <summary>Everything that was asked for so far.</summary>
    public IReadOnlyCollection<SettingForm> Asked => _asked.Values;

    /// <summary>Null when it is absent or wrong.</summary>
    public string? Text(string name, bool required = false, int charsMax = TextCharsMax)
    {
        Note(name, form => form with { IsRequired = form.IsRequired || required, Kind = charsMax > TextCharsMax ? SettingKind.Lines : form.Kind });
        if (!values.TryGetValue(name, out var text) || text.Length == 0)
        {
            if (required) Fault(name, "is missing");
            return null;
        }
        if (text.Length <= charsMax) return text;
        Fault(name, $"is longer than {charsMax} characters");
        return null;
    }

    public int Number(string name, int min, int max, int absent)
    {
        Note(name, form => form with { Kind = SettingKind.Number, Absent = absent.ToString(CultureInfo.InvariantCulture), Min = min, Max = max });
        if (Text(name) is not { } text) return absent;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Fault(name, $"must be a whole number from {min} to {max}");
        return absent;
    }

    public bool Flag(string name, bool absent = false)
    {
        var isSet = Choice(name, ["true", "false"], absent ? "true" : "false") == "true";
        Note(name, form => form with { Kind = SettingKind.Flag });
        return isSet;
    }

    public string Choice(string name, IReadOnlyList<string> words, string absent)
    {
        Note(name, form => form with { Kind = SettingKind.Choice, Absent = absent, Choices = words });
        if (Text(name) is not { } text) return absent;
        if (words.Contains(text)) return text;
        Fault(name, $"must be one of {string.Join(", ", words)}");
        return absent;
    }

    /// <summary>An address that begins with http:// or https:// and holds no credential.</summary>
    public Uri? Url(string name, bool required = false)
    {
        if (Text(name, required) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.Fragment.Length == 0) return url;
        Fault(name, "must be an address that begins with http:// or https://, without a user name");
        return null;
    }

    /// <summary>Texts between commas.</summary>
    public IReadOnlyList<string> List(string name, bool required = false) => Text(name, required)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Pairs such as <c>a=b</c> on lines of their own or between commas.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string name)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in Text(name)?.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (item.Split('=', 2) is [{ Length: > 0 } key, var value] && pairs.TryAdd(key.Trim(), value.Trim())) continue;
            Fault(name, "must be pairs such as name=value, each name once");
            break;
        }
        return pairs;
    }

    /// <param name="reason">Continues the name in a sentence.</param>
    public void Fault(string name, string reason) => _faults.Add(new(null, "settings." + name, reason));

    /// <summary>To be asked when everything was read; null when there is no fault.</summary>
    public Problem? Problem()
    {
        foreach (var name in values.Keys.Where(name => !_asked.ContainsKey(name)).Order(StringComparer.Ordinal))
            Fault(name, $"is not a setting of this type; it has {string.Join(", ", _asked.Keys.Order(StringComparer.Ordinal))}");
        return _faults.Count == 0 ? null : new Problem(ProblemKind.Invalid, "The sink's settings are not valid; nothing was changed.") { Faults = _faults };
    }

    private void Note(string name, Func<SettingForm, SettingForm> change) => _asked[name] = change(_asked.GetValueOrDefault(name) ?? new SettingForm(name));
}
