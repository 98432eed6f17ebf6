namespace Domesday.Core.Forwarding;

/// <summary>What people are told about one setting of a type of sinks.</summary>
/// <param name="Title">Stands beside its field.</param>
/// <param name="Hint">What it means, and what holds without it; null when the title says all.</param>
public sealed record SettingText(string Name, string Title, string? Hint = null);

/// <summary>One setting of a type of sinks, as its reader asks for it: what a form is made of.</summary>
public sealed record SettingForm(string Name)
{
    public string Title { get; init; } = Name;

    public string? Hint { get; init; }

    public SettingKind Kind { get; init; }

    /// <summary>Whether it must be there, with the other settings as they are.</summary>
    public bool IsRequired { get; init; }

    /// <summary>It is kept encrypted and shown masked.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What holds without it; null when that is nothing.</summary>
    public string? Absent { get; init; }

    /// <summary>Of a number; null for other kinds.</summary>
    public long? Min { get; init; }

    /// <inheritdoc cref="Min"/>
    public long? Max { get; init; }

    /// <summary>The words of a choice; empty for other kinds.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>What a setting is.</summary>
public enum SettingKind
{
    Text,

    /// <summary>Text of several lines.</summary>
    Lines,
    Number,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>One of several words.</summary>
    Choice,
}
