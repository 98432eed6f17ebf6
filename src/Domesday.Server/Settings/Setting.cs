namespace Domesday.Server.Settings;

/// <summary>One setting: its names, its default, what it means and what it may be. The one place from which parsing, help and documentation are made.</summary>
internal abstract class Setting(string name, string? defaultText, string form, string meaning)
{
    /// <summary>Prefix of every environment variable of ours.</summary>
    public const string Prefix = "DOMESDAY_";

    /// <summary>Environment variable, such as <c>DOMESDAY_EVENT_BYTES_MAX</c>.</summary>
    public string Name { get; } = name;

    /// <summary>Member of the JSON file, such as <c>event_bytes_max</c>.</summary>
    public string Member { get; } = name[Prefix.Length..].ToLowerInvariant();

    /// <summary>Command-line option, such as <c>--event-bytes-max</c>.</summary>
    public string Option => "--" + Member.Replace('_', '-');

    public string? DefaultText { get; } = defaultText;

    /// <summary>What a value looks like, such as <c>FILE</c>.</summary>
    public string Form { get; } = form;

    public string Meaning { get; } = meaning;

    /// <returns>Why the text is not a value of this setting; null when it is one.</returns>
    public abstract string? FaultOf(string text);
}

/// <inheritdoc/>
/// <param name="parse">Value, or the reason why the text is none, continuing the setting's name in a sentence.</param>
internal sealed class Setting<T>(string name, string? defaultText, string form, string meaning, Func<string, (T? Value, string? Fault)> parse)
    : Setting(name, defaultText, form, meaning)
{
    public override string? FaultOf(string text) => parse(text).Fault;

    /// <param name="text">Has no fault.</param>
    public T Parse(string text) => parse(text).Value!;
}
