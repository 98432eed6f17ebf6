using System.Globalization;
using Domesday.Core.Problems;
using Domesday.Events;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Domesday.Http.Parameters;

/// <summary>Reads a request's query parameters and collects every fault. What was never asked for is unknown, and is reported too.</summary>
public sealed class ParameterReader
{
    private readonly IQueryCollection _query;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal) { "tenant", "viewer_token" };
    private readonly List<ProblemFault> _faults = [];

    private readonly bool _lenient;

    /// <param name="query">Names are compared with regard to case, unlike the collection does.</param>
    public ParameterReader(IQueryCollection query)
        : this(query, lenient: false)
    {
    }

    private ParameterReader(IQueryCollection query, bool lenient) => (_query, _lenient) = (query, lenient);

    /// <summary>Reads as most vendors' services do: names without regard to case, unknown ones passed over, an empty value as if it were not given, and of several values the last.</summary>
    public static ParameterReader Lenient(IQueryCollection query) => new(query, lenient: true);

    /// <summary>Adds a fault that the caller found.</summary>
    /// <param name="reason">Continues the name in a sentence: «must be between 1 and 1000».</param>
    public void Refuse(string name, string reason) => _faults.Add(new(null, name, reason));

    /// <summary>Whether the parameter was given at all, with or without a value.</summary>
    public bool Has(string name) => Given(name).Count > 0;

    /// <summary>A parameter that may be given once; null when it is not.</summary>
    public string? Text(string name)
    {
        var values = Given(name);
        if (values.Count == 0) return null;
        if (_lenient) return values.LastOrDefault(value => !string.IsNullOrEmpty(value));
        if (values.Count > 1) Refuse(name, "is given more than once");
        else if (string.IsNullOrEmpty(values[0])) Refuse(name, "is empty: leave it out");
        else return values[0];
        return null;
    }

    /// <summary>Every value of a parameter that may be given several times, or as a list with commas; a backslash keeps a comma.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var values = new List<string>();
        foreach (var value in Given(name))
        {
            foreach (var item in CommaList.Split(value ?? ""))
            {
                if (item.Length > 0) values.Add(item);
                else if (!_lenient)
                {
                    Refuse(name, "has an empty value: leave it out");
                    return [];
                }
            }
        }
        return values;
    }

    /// <summary>A whole number; null when it is not given.</summary>
    public long? Number(string name, long min, long max)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Refuse(name, max == long.MaxValue ? $"must be a whole number of at least {min}" : $"must be a whole number between {min} and {max}");
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>; false when it is not given.</summary>
    public bool Flag(string name) => Choice(name, ["true", "false"]) == "true";

    /// <summary>One of several words; null when it is not given.</summary>
    public string? Choice(string name, IReadOnlyList<string> words)
    {
        if (Text(name) is not { } text) return null;
        if (words.Contains(text)) return text;
        Refuse(name, $"must be one of {string.Join(", ", words)}{NearestName.Hint(text, words)}");
        return null;
    }

    /// <summary>A moment, in any form that <see cref="TimeText"/> reads.</summary>
    public Timestamp? Time(string name, DateTimeOffset now)
    {
        if (Text(name) is not { } text) return null;
        if (TimeText.TryParse(text, now, out var time, out var reason)) return time;
        Refuse(name, reason);
        return null;
    }

    /// <summary>A moment in any form that <see cref="LenientTime"/> reads.</summary>
    /// <param name="end">The text names a span, such as a second or a day: true for its end, which is exclusive, false for its beginning.</param>
    public Timestamp? LenientMoment(string name, bool end = false)
    {
        if (Text(name) is not { } text) return null;
        if (LenientTime.TryParse(text, out var time, out var step)) return end ? new(time.Microseconds + step) : time;
        Refuse(name, "is not a time: write 2026-02-11T22:21:02Z or 2026-02-11");
        return null;
    }

    /// <summary>To be asked when everything was read: all faults, unknown parameters included; null when there are none.</summary>
    public Problem? Problem()
    {
        foreach (var name in _query.Keys.Where(name => !_lenient && !_known.Contains(name)).Order(StringComparer.Ordinal))
        {
            Refuse(name, $"is not a parameter of this route{NearestName.Hint(name, _known)}");
        }
        return _faults.Count switch
        {
            0 => null,
            1 => new(ProblemKind.Invalid, $"The parameter {_faults[0].Field} {_faults[0].Reason}.") { Faults = _faults },
            var count => new(ProblemKind.Invalid, $"{count} parameters are not valid.") { Faults = _faults },
        };
    }

    private StringValues Given(string name)
    {
        _known.Add(name);
        return _query[name];
    }
}
