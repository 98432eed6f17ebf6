using Domesday.Events.Json;

namespace Domesday.Events.Capture;

/// <summary>A policy that is ready to decide about requests. Immutable, for any number of threads.</summary>
public sealed class CompiledPolicy
{
    private static readonly string[] OnlyByName = ["HEAD", "OPTIONS", "TRACE"];

    private readonly Rule[] _rules;
    private readonly IgnoreList _ignored;

    private CompiledPolicy(CapturePolicy policy, Rule[] rules, IgnoreList ignored, Redactor redactor) =>
        (Policy, _rules, _ignored, Redactor, LooksAtStatus) = (policy, rules, ignored, redactor, Array.Exists(rules, rule => !rule.IsForAnyStatus));

    public CapturePolicy Policy { get; }

    /// <summary>Whether a decision may change with the answer's status; where none does, <see cref="DecideBefore"/> has said it all.</summary>
    public bool LooksAtStatus { get; }

    public Redactor Redactor { get; }

    /// <summary>Checks and prepares a policy.</summary>
    /// <param name="faults">Gets every fault; nothing is added on success.</param>
    /// <returns>Null when there are faults.</returns>
    public static CompiledPolicy? TryCompile(CapturePolicy policy, List<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(faults);
        var before = faults.Count;
        foreach (var field in Nulls(policy)) faults.Add(new(field, "has null among its values"));
        if (faults.Count > before) return null;
        if (policy.Rules.Count > CapturePolicy.RulesMax) faults.Add(new("rules", $"has {policy.Rules.Count} rules, more than the {CapturePolicy.RulesMax} that are allowed"));
        if (policy.BodyBytesMax is < 0 or > CapturePolicy.BodyBytesLimit) faults.Add(new("body_bytes_max", $"must be between 0 and {CapturePolicy.BodyBytesLimit}"));
        var rules = policy.Rules.Select((rule, index) => Compile(rule, $"rules[{index}]", faults)).ToArray();
        var ignored = policy.Ignore is null ? [] : Patterns(policy.Ignore, "ignore", faults);
        var redactor = Redactor.TryCompile(policy.Redaction, faults);
        if (faults.Count > before) return null;
        return new(policy, rules, policy.Ignore is null ? IgnoreList.DockerUcp : new(ignored.Select(pattern => pattern.Text)), redactor!);
    }

    /// <exception cref="ArgumentException">The policy has faults.</exception>
    public static CompiledPolicy Compile(CapturePolicy policy)
    {
        var faults = new List<Fault>();
        return TryCompile(policy, faults) ?? throw new ArgumentException($"{faults[0].Field} {faults[0].Reason}", nameof(policy));
    }

    /// <summary>Decides when the answer's status is known.</summary>
    /// <param name="user">Null when the request has none.</param>
    public CaptureDecision Decide(string method, RequestPath path, string? user, int status)
    {
        if (IsNeverRecorded(path)) return CaptureDecision.Nothing;
        foreach (var rule in _rules)
        {
            if (rule.Matches(method, path, user) && rule.MatchesStatus(status)) return rule.Decision;
        }
        return Otherwise(method);
    }

    /// <summary>Decides before there is an answer: the most that any status could ask for, so that a body is at hand when it turns out to be wanted.</summary>
    /// <returns>Level: the highest; fail mode: closed if one of the rules that may decide says so.</returns>
    public CaptureDecision DecideBefore(string method, RequestPath path, string? user)
    {
        if (IsNeverRecorded(path)) return CaptureDecision.Nothing;
        var most = CaptureDecision.Nothing;
        foreach (var rule in _rules)
        {
            if (!rule.Matches(method, path, user)) continue;
            most = most.Or(rule.Decision);
            if (rule.IsForAnyStatus) return most;
        }
        return most.Or(Otherwise(method));
    }

    private bool IsNeverRecorded(RequestPath path) => Policy.Level == CaptureLevel.None || _ignored.Ignores(path);

    private CaptureDecision Otherwise(string method) => OnlyByName.Contains(method) ? CaptureDecision.Nothing : new(Policy.Level, FailMode.Open, null);

    /// <summary>The lists in which null stands: JSON allows it, and the reader lets it through.</summary>
    private static IEnumerable<string> Nulls(CapturePolicy policy)
    {
        var (redaction, rules) = (policy.Redaction, policy.Rules);
        List<(string Field, IEnumerable<object?>? List)> lists =
            [("rules", rules), ("ignore", policy.Ignore), ("redaction.bodies", redaction.Bodies), ("redaction.headers", redaction.Headers), ("redaction.names", redaction.Names)];
        foreach (var (index, rule) in rules.Index().Where(rule => rule.Item is not null))
        {
            lists.AddRange([($"rules[{index}].methods", rule.Methods), ($"rules[{index}].paths", rule.Paths), ($"rules[{index}].users", rule.Users), ($"rules[{index}].statuses", rule.Statuses)]);
        }
        foreach (var (index, body) in redaction.Bodies.Index().Where(body => body.Item is not null))
        {
            lists.AddRange([($"redaction.bodies[{index}].methods", body.Methods), ($"redaction.bodies[{index}].paths", body.Paths), ($"redaction.bodies[{index}].members", body.Members)]);
        }
        return lists.Where(list => list.List?.Contains(null) == true).Select(list => list.Field);
    }

    private static Rule Compile(CaptureRule rule, string field, List<Fault> faults)
    {
        foreach (var method in rule.Methods ?? [])
        {
            if (method.Length is 0 or > 32 || !method.All(char.IsAsciiLetterUpper)) faults.Add(new(field + ".methods", $"has '{method}', which is no HTTP method in upper case"));
        }
        foreach (var user in rule.Users ?? [])
        {
            if (user.Length is 0 or > 256) faults.Add(new(field + ".users", "has a name that is empty or longer than 256 characters"));
        }
        var statuses = new List<StatusPattern>();
        foreach (var status in rule.Statuses ?? [])
        {
            if (StatusPattern.TryParse(status, out var pattern)) statuses.Add(pattern);
            else faults.Add(new(field + ".statuses", $"has '{status}', which is none of 401, 4xx, 400-499"));
        }
        if (rule.Name?.Length > 100) faults.Add(new(field + ".name", "is longer than 100 characters"));
        CheckLists(rule, field, faults);
        return new(rule, Patterns(rule.Paths ?? [], field + ".paths", faults), [.. statuses]);
    }

    /// <summary>An empty list would match nothing, and whoever writes one means something else.</summary>
    private static void CheckLists(CaptureRule rule, string field, List<Fault> faults)
    {
        foreach (var (name, list) in new[] { ("methods", rule.Methods), ("paths", rule.Paths), ("users", rule.Users), ("statuses", rule.Statuses) })
        {
            if (list is { Count: 0 }) faults.Add(new($"{field}.{name}", "is empty: leave it out"));
            if (list is { Count: > 100 }) faults.Add(new($"{field}.{name}", "has more than 100 values"));
        }
    }

    internal static PathPattern[] Patterns(IReadOnlyList<string> texts, string field, List<Fault> faults)
    {
        var patterns = new List<PathPattern>();
        foreach (var text in texts)
        {
            if (PathPattern.TryParse(text, out var pattern, out var reason)) patterns.Add(pattern);
            else faults.Add(new(field, $"has '{text}', which {reason}"));
        }
        return [.. patterns];
    }

    private sealed class Rule(CaptureRule rule, PathPattern[] paths, StatusPattern[] statuses)
    {
        public CaptureDecision Decision { get; } = new(rule.Level, rule.Fail, rule.Name);

        public bool IsForAnyStatus => rule.Statuses is null;

        public bool MatchesStatus(int status) => IsForAnyStatus || Array.Exists(statuses, pattern => pattern.Matches(status));

        public bool Matches(string method, RequestPath path, string? user)
        {
            if (!(rule.Methods?.Contains(method) ?? !OnlyByName.Contains(method))) return false;
            if (rule.Users is not null && (user is null || !rule.Users.Any(name => Glob.Matches(name, user)))) return false;
            if (rule.Paths is null) return true;
            // What is written so that others may read another path in it escapes no recording.
            if (rule.Level == CaptureLevel.None && !path.IsPlain) return false;
            return Array.Exists(paths, pattern => pattern.Matches(path));
        }
    }
}

/// <summary>What is to be done about one request.</summary>
/// <param name="Rule">Name of the rule that decided; null when none did, or it has no name.</param>
public readonly record struct CaptureDecision(CaptureLevel Level, FailMode Fail, string? Rule)
{
    public static CaptureDecision Nothing { get; } = new(CaptureLevel.None, FailMode.Open, null);

    internal CaptureDecision Or(CaptureDecision other) => new(
        other.Level > Level ? other.Level : Level,
        Fail == FailMode.Closed || other.Fail == FailMode.Closed ? FailMode.Closed : FailMode.Open,
        Rule ?? other.Rule);
}
