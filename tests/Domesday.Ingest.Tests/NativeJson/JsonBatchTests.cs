using System.Text;
using System.Text.Json;
using Domesday.Core.Problems;
using Domesday.Http.Mapping;
using FsCheck;
using FsCheck.Fluent;

namespace Domesday.Ingest.Tests.NativeJson;

/// <summary>Where one event ends and the next begins.</summary>
public class JsonBatchTests
{
    private static Result<List<ReadOnlyMemory<byte>>> Split(string body, string form = "unknown", int max = 1_000) =>
        JsonBatch.Split(Encoding.UTF8.GetBytes(body), Enum.Parse<BodyForm>(form, ignoreCase: true), max);

    private static List<string> Events(string body, string form = "unknown") => [.. Split(body, form).Value.Select(slice => Encoding.UTF8.GetString(slice.Span))];

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("  {\n \"a\": 1\n}\n")]
    [InlineData("{\"a\":[1,2,{\"b\":\"\\n\"}]}")]
    public void One_object_is_one_event(string body)
    {
        Assert.Equal([body], Events(body));
        Assert.Equal([body], Events(body, "json"));
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":2}", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("{\"a\":1}\r\n\r\n  \n{\"a\":2}\r\n", new[] { "{\"a\":1}\r", "{\"a\":2}\r" })]
    [InlineData("\n\n{\"a\":1}\n\n", new[] { "{\"a\":1}" })]
    [InlineData("\uFEFF{\"a\":1}\n{\"a\":2}\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("{\"a\":1}\nnonsense\n{\"a\":2}\n", new[] { "{\"a\":1}", "nonsense", "{\"a\":2}" })]
    public void Lines_are_events_and_empty_ones_are_none(string body, string[] events)
    {
        Assert.Equal(events, Events(body, "lines"));
        Assert.Equal(events.Select(line => line.Trim()), Events(body).Select(line => line.Trim()));
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":[2]}]", new[] { "{\"a\":1}", "{\"a\":[2]}" })]
    [InlineData(" [ 1 , \"x\" ,\n{} ] ", new[] { "1", "\"x\"", "{}" })]
    public void Elements_of_an_array_are_events(string body, string[] events)
    {
        Assert.Equal(events, Events(body));
        Assert.Equal(events, Events(body, "json"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t\r\n")]
    [InlineData("[]")]
    [InlineData("\uFEFF")]
    public void A_body_without_an_event_is_refused(string body) => Assert.Equal(ProblemKind.Invalid, Split(body).Problem?.Kind);

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2", 1)]
    [InlineData("[{\"a\":1},", 1)]
    [InlineData("[{\"a\":1},{\"a\":2}", 2)]
    [InlineData("[{\"a\":1}{\"a\":2}]", 1)]
    [InlineData("[{\"a\":1},{\"a\":2}] {}", 2)]
    public void Half_an_array_is_refused_and_says_where_it_ended(string body, int index) =>
        Assert.Equal(index, Assert.Single(Split(body).Problem!.Faults).Index);

    [Theory]
    [InlineData("{}\n{}\n{}\n{}\n", "lines")]
    [InlineData("[{},{},{},{}]", "json")]
    public void More_events_than_allowed_are_too_many(string body, string form)
    {
        Assert.Equal(ProblemKind.TooLarge, Split(body, form, 3).Problem?.Kind);
        Assert.Equal(4, Split(body, form, 4).Value.Count);
    }

    [Fact]
    public void Depth_is_the_events_own_affair()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 10_000)) + string.Concat(Enumerable.Repeat("]", 10_000));
        Assert.Equal(["{}", deep, "{}"], Events($"[{{}},{deep},{{}}]"));
    }

    [Fact]
    public void Lines_are_what_splitting_text_at_line_feeds_gives() => Prop.ForAll<NonNull<string>[]>(parts =>
    {
        var body = string.Join('\n', parts.Select(part => "{" + part.Get));
        var expected = body.Split('\n').Where(line => line.AsSpan().Trim(" \t\r").Length > 0).ToList();
        var split = Split(body, "lines", int.MaxValue);
        return expected.Count == 0 ? !split.IsOk : split.Value.Select(slice => Encoding.UTF8.GetString(slice.Span)).SequenceEqual(expected.Select(AsUtf8));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Elements_are_what_a_json_parser_finds() => Prop.ForAll<NonNull<string>[]>(values =>
    {
        var array = JsonSerializer.Serialize(values.Select(value => new Dictionary<string, object> { [AsUtf8(value.Get)] = new[] { 1, 2 } }));
        return values.Length == 0 || Events(array).SequenceEqual(JsonDocument.Parse(array).RootElement.EnumerateArray().Select(element => element.GetRawText()));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_split_or_refused_but_never_a_crash() => Prop.ForAll<byte[]>(bytes =>
    {
        foreach (var form in Enum.GetValues<BodyForm>())
        {
            var split = JsonBatch.Split(bytes ?? [], form, 100);
            if (split.IsOk && split.Value.Any(slice => slice.IsEmpty)) return false;
        }
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static string AsUtf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
