using Domesday.Events.Json;

namespace Domesday.Events.Capture;

/// <summary>Takes secrets out of what is recorded of a request. Immutable, for any number of threads.</summary>
public sealed class Redactor
{
    private readonly Place[] _places;
    private readonly HashSet<string> _headers;
    private readonly SecretNames _names;

    private Redactor(Place[] places, HashSet<string> headers, SecretNames names) => (_places, _headers, _names) = (places, headers, names);

    /// <summary>With the defaults alone.</summary>
    public static Redactor Default { get; } = TryCompile(RedactionSettings.Default, []) ?? throw new InvalidOperationException("The default redaction has faults.");

    /// <param name="faults">Gets every fault; nothing is added on success.</param>
    /// <returns>Null when there are faults.</returns>
    public static Redactor? TryCompile(RedactionSettings settings, List<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(faults);
        var before = faults.Count;
        var bodies = settings.Bodies.Select((body, index) => Compile(body, $"redaction.bodies[{index}]", faults)).ToList();
        if (!settings.WithoutDefaults) bodies.AddRange(RedactionDefaults.Bodies.Select(body => Compile(body, "", faults)));
        foreach (var name in settings.Names)
        {
            if (SecretNames.Fold(name).Length < 2) faults.Add(new("redaction.names", $"has '{name}': fewer than two letters and digits would be found everywhere"));
        }
        var (headers, names) = !settings.WithoutDefaults ? (settings.Headers.Concat(RedactionDefaults.Headers), settings.Names.Concat(RedactionDefaults.Names)) : (settings.Headers, settings.Names);
        return faults.Count > before ? null : new([.. bodies], headers.ToHashSet(StringComparer.OrdinalIgnoreCase), new(names));
    }

    /// <summary>A header's value, or what stands in its place.</summary>
    public string Header(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        return _headers.Contains(name) || _names.Contains(name) ? SecretText.Mark : SecretText.Clean(value);
    }

    /// <summary>A request's target without the values of secret parameters.</summary>
    public string Target(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = UrlText.RedactPath(SecretText.Clean(query < 0 ? target : target[..query]), _names);
        return query < 0 ? path : string.Concat(path, "?", FormBody.Redact(target[(query + 1)..], _names));
    }

    /// <summary>What is recorded of a body.</summary>
    /// <param name="body">Whole, decompressed.</param>
    public CapturedBody Body(string method, RequestPath path, string? contentType, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(path);
        var paths = new List<JsonPath>();
        foreach (var place in _places)
        {
            if (place.Matches(method, path)) paths.AddRange(place.Members);
        }
        if (body.IsEmpty) return CapturedBody.Absent;
        var hidden = paths.Exists(place => place.Length == 0) ? CapturedBody.Hidden(contentType, body.Length) : null;
        return hidden ?? BodyReader.Read(contentType, body, paths, _names);
    }

    /// <summary>Whether bodies of such requests are known to carry secrets in certain places, wherever their names are none.</summary>
    public bool HasPlaces(string method, RequestPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Array.Exists(_places, place => place.Members.Length > 0 && place.Matches(method, path));
    }

    /// <summary>What is recorded of a body that is too long to be kept, or did not come whole: length and digest, and where secrets are expected the length alone.</summary>
    /// <param name="sha256">Of the whole body, 32 bytes; empty when it is not known.</param>
    public CapturedBody LongBody(string method, RequestPath path, string? contentType, long length, ReadOnlySpan<byte> sha256)
    {
        ArgumentNullException.ThrowIfNull(path);
        return sha256.IsEmpty || HasPlaces(method, path)
            ? CapturedBody.Hidden(contentType, length) : CapturedBody.Digest(contentType, length, sha256);
    }

    private static Place Compile(BodyRedaction body, string field, List<Fault> faults)
    {
        var members = new List<JsonPath>();
        foreach (var text in body.Members)
        {
            if (JsonPath.TryParse(text, out var path, out var reason)) members.Add(path);
            else faults.Add(new(field + ".members", $"has '{text}', which {reason}"));
        }
        var paths = body.Paths is null ? null : CompiledPolicy.Patterns(body.Paths, field + ".paths", faults);
        return new(body.Methods, paths, [.. members]);
    }

    private sealed record Place(IReadOnlyList<string>? Methods, PathPattern[]? Paths, JsonPath[] Members)
    {
        public bool Matches(string method, RequestPath path) =>
            (Methods is null || Methods.Contains(method)) && (Paths is null || Array.Exists(Paths, pattern => pattern.Matches(path)));
    }
}
