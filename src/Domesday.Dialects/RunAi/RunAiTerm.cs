using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Domesday.Core.Query;
using Domesday.Events;
using Domesday.Events.Schema;
using Domesday.Http.Parameters;

namespace Domesday.Dialects.RunAi;

/// <summary>One term of <c>filterBy</c>: a field, an operator, a value, such as <c>action==create</c>. All terms must hold.</summary>
internal static partial class RunAiTerm
{
    private static readonly Dictionary<string, EventField> TextFields = new()
    {
        ["subject"] = EventField.ActorName,
        ["source_ip"] = EventField.SourceIp,
        ["http_method"] = EventField.RequestMethod,
        ["url"] = EventField.RequestUri,
        ["entity_type"] = EventField.ResourceType,
        ["entity_name"] = EventField.ResourceName,
        ["entity_id"] = EventField.ResourceId,
        ["cluster_name"] = EventField.ScopeClusterName,
        ["action"] = EventField.Action,
    };

    /// <summary>Adds the term to a filter.</summary>
    /// <param name="reason">What is wrong with it.</param>
    public static bool TryApply(string term, EventFilter filter, [NotNullWhen(true)] out EventFilter? narrowed, [NotNullWhen(false)] out string? reason)
    {
        (narrowed, reason) = (null, null);
        if (Form().Match(term) is not { Success: true } match)
        {
            reason = "must be terms such as action==create, with commas between them";
            return false;
        }
        var (field, sign, value) = (match.Groups[1].Value.ToLowerInvariant(), match.Groups[2].Value, match.Groups[3].Value.Trim());
        if (field == "timestamp") return TryNarrow(filter, sign, value, out narrowed, out reason);
        if (sign is "<=" or ">=")
        {
            reason = $"compares {field} by order, which only timestamp has";
            return false;
        }
        FieldCondition? condition = field switch
        {
            "subject_type" => OneOf(sign, value, ("User", RunAiWords.Source(machine: false)), ("App", RunAiWords.Source(machine: true))),
            "result" => OneOf(sign, value, ("Succeeded", RunAiWords.Result(failed: false)), ("Failed", RunAiWords.Result(failed: true))),
            _ => TextFields.TryGetValue(field, out var known) ? Text(known, sign, value) : null,
        };
        if (condition is null)
        {
            reason = $"names {field}, which is not a field that can be filtered by";
            return false;
        }
        narrowed = condition == Everything ? filter : filter with { Conditions = [.. filter.Conditions, condition] };
        return true;
    }

    private static FieldCondition Everything { get; } = RunAiWords.Nothing with { Not = true };

    private static bool Holds(string text, string sign, string value) => sign switch
    {
        "==" => text == value,
        "!=" => text != value,
        "=@" => text.Contains(value, StringComparison.Ordinal),
        "!@" => !text.Contains(value, StringComparison.Ordinal),
        "=^" => text.StartsWith(value, StringComparison.Ordinal),
        _ => text.EndsWith(value, StringComparison.Ordinal),
    };

    /// <summary>A field that shows one of two words.</summary>
    private static FieldCondition OneOf(string sign, string value, (string Word, FieldCondition Condition) one, (string Word, FieldCondition Condition) other) =>
        (Holds(one.Word, sign, value), Holds(other.Word, sign, value)) switch
        {
            (true, true) => Everything,
            (true, false) => one.Condition,
            (false, true) => other.Condition,
            _ => RunAiWords.Nothing,
        };

    private static FieldCondition Text(EventField field, string sign, string value)
    {
        var condition = sign switch
        {
            "==" or "!=" when field == EventField.ResourceType => RunAiWords.EntityType(value),
            "==" or "!=" => FieldCondition.Is(field, field == EventField.Action ? RunAiRecord.ActionsShownAs(value) : [value]),
            "=@" or "!@" => new(field, MatchKind.Contains, [value]),
            "=^" => new(field, MatchKind.StartsWith, [value]),
            _ => new(field, MatchKind.EndsWith, [value]),
        };
        return sign[0] == '!' ? condition with { Not = true } : condition;
    }

    private static bool TryNarrow(EventFilter filter, string sign, string value, [NotNullWhen(true)] out EventFilter? narrowed, [NotNullWhen(false)] out string? reason)
    {
        (narrowed, reason) = (null, null);
        if (sign is not ("==" or "!=" or "<=" or ">="))
        {
            reason = "compares timestamp by a sign that is for texts";
            return false;
        }
        if (!LenientTime.TryParse(value, out var time, out var step))
        {
            reason = $"has the value {value} for timestamp, which is not a time";
            return false;
        }
        var end = new Timestamp(time.Microseconds + step);
        narrowed = sign switch
        {
            "==" => Between(filter, time, end),
            "<=" => Between(filter, null, end),
            ">=" => Between(filter, time, null),
            // The texts of a span begin alike: up to the digit that the value names last.
            _ => filter with { Conditions = [.. filter.Conditions, new FieldCondition(EventField.Time, MatchKind.StartsWith, [Prefix(time, step)]) { Not = true }] },
        };
        return true;
    }

    private static EventFilter Between(EventFilter filter, Timestamp? from, Timestamp? to) => filter with
    {
        From = from > filter.From || filter.From is null ? from ?? filter.From : filter.From,
        To = to < filter.To || filter.To is null ? to ?? filter.To : filter.To,
    };

    private static string Prefix(Timestamp time, long step) => time.ToString()[..(step switch
    {
        >= 86_400_000_000 => 10,
        >= 60_000_000 => 16,
        >= 1_000_000 => 19,
        _ => 26 - (int)Math.Round(Math.Log10(step)),
    })];

    [GeneratedRegex(@"^\s*([A-Za-z_]+)\s*(==|!=|<=|>=|=@|!@|=\^|=\$)(.+)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Form();
}
