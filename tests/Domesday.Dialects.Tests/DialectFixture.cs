using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Domesday.Dialects.Tests;

/// <summary>A request and its answer, as a file says them.</summary>
/// <remarks>
/// The request, an empty line, its body if any; a line that begins with <c>HTTP/1.1</c> begins the answer. <c>{{name}}</c> stands for a value of the host; the text <c>{{any}}</c> in the answer's JSON for
/// any text. Headers that the file does not name are not looked at.
/// </remarks>
internal sealed record DialectFixture(string Name, string Method, string Path, IReadOnlyList<(string Name, string Value)> Headers, string? Body, int Status, IReadOnlyList<(string Name, string Value)> AnswerHeaders, string Answer)
{
    private const string Any = "{{any}}";

    public static string FolderOf(string dialect) => System.IO.Path.Combine(AppContext.BaseDirectory, dialect, "fixtures");

    public static IReadOnlyList<DialectFixture> Of(string dialect) =>
        [.. Directory.EnumerateFiles(FolderOf(dialect), "*.http").Order(StringComparer.Ordinal).Select(Read)];

    public static DialectFixture Read(string file)
    {
        var lines = File.ReadAllLines(file).SkipWhile(line => line.StartsWith('#')).ToList();
        var answerAt = lines.FindIndex(line => line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal));
        var (request, answer) = (lines[..answerAt], lines[answerAt..]);
        var (requestHeaders, requestBody) = Split(request);
        var (answerHeaders, answerBody) = Split(answer);
        var start = request[0].Split(' ');
        return new(System.IO.Path.GetFileName(file), start[0], start[1], requestHeaders, requestBody.Length == 0 ? null : requestBody,
            int.Parse(answer[0].Split(' ')[1], CultureInfo.InvariantCulture), answerHeaders, answerBody);
    }

    /// <returns>What differs; null when nothing does.</returns>
    public async Task<string?> RunAsync(DialectHost host, IReadOnlyDictionary<string, string> values)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(host.Url, Fill(Path, values)));
        if (Body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fill(Body, values)));
        foreach (var (name, value) in Headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, Fill(value, values))) continue;
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.TryAddWithoutValidation(name, Fill(value, values));
        }
        using var response = await host.Nobody.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if ((int)response.StatusCode != Status) return $"{Name}: {(int)response.StatusCode} instead of {Status}: {body}";
        foreach (var (name, value) in AnswerHeaders)
        {
            var found = response.Headers.NonValidated.TryGetValues(name, out var values1) ? values1.ToString() : response.Content.Headers.NonValidated.TryGetValues(name, out var values2) ? values2.ToString() : null;
            if (value != Any && found != Fill(value, values) || found is null) return $"{Name}: the header {name} is '{found}' instead of '{value}'";
        }
        return Difference(body, Fill(Answer, values));
    }

    private string? Difference(string body, string answer)
    {
        if (answer.Length == 0) return body.Length == 0 ? null : $"{Name}: there is a body: {body}";
        if (answer[0] != '{' && !IsJson(answer)) return Normal(body) == Normal(answer) ? null : $"{Name}:\n{body}\ninstead of\n{answer}";
        var isLines = AnswerHeaders.Any(header => header.Value == "application/x-ndjson");
        if (!isLines) return Differs(JsonNode.Parse(answer), JsonNode.Parse(body), "$") is { } path ? $"{Name}: {path} differs in {body}" : null;
        var (expected, actual) = (answer.Split('\n', StringSplitOptions.RemoveEmptyEntries), body.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        if (expected.Length != actual.Length) return $"{Name}: {actual.Length} lines instead of {expected.Length}: {body}";
        for (var i = 0; i < expected.Length; i++)
        {
            if (Differs(JsonNode.Parse(expected[i]), JsonNode.Parse(actual[i]), $"line {i}") is { } path) return $"{Name}: {path} differs in {actual[i]}";
        }
        return null;
    }

    private static bool IsJson(string text)
    {
        try
        {
            return JsonNode.Parse(text) is not null;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    /// <summary>Members in the same order, values of the same type: what stands in the file is what a client gets.</summary>
    private static string? Differs(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonValue value when value.TryGetValue<string>(out var text) && text == Any:
                return actual is JsonValue any && any.TryGetValue<string>(out _) ? null : path;
            case JsonObject owner:
                if (actual is not JsonObject other) return path;
                if (!owner.Select(member => member.Key).SequenceEqual(other.Select(member => member.Key))) return $"{path} (members {string.Join(", ", other.Select(member => member.Key))})";
                return owner.Select(member => Differs(member.Value, other[member.Key], $"{path}.{member.Key}")).FirstOrDefault(found => found is not null);
            case JsonArray list:
                if (actual is not JsonArray otherList || list.Count != otherList.Count) return path;
                return list.Select((item, index) => Differs(item, otherList[index], $"{path}[{index}]")).FirstOrDefault(found => found is not null);
            default:
                return JsonNode.DeepEquals(expected, actual) ? null : path;
        }
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> values) => values.Aggregate(text, (filled, pair) => filled.Replace($"{{{{{pair.Key}}}}}", pair.Value, StringComparison.Ordinal));

    private static string Normal(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');

    private static (IReadOnlyList<(string, string)> Headers, string Body) Split(List<string> lines)
    {
        var empty = lines.FindIndex(1, line => line.Length == 0);
        var headers = lines[1..(empty < 0 ? lines.Count : empty)].Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1])).ToList();
        return (headers, empty < 0 ? "" : string.Join('\n', lines[(empty + 1)..]).TrimEnd('\n'));
    }
}
