using System.Text.Json;
using Domesday.Events;
using Domesday.Ui.OneEvent;

namespace Domesday.Ui.Tests;

/// <summary>One event in words, and two of them side by side.</summary>
public sealed class OneEventTests
{
    [Fact]
    public void A_sentence_says_who_did_what_where() => Assert.Equal("The application deploy created the server web-1 in project shop through compute from 192.0.2.1.", EventSentence.Of(new()
    {
        Action = "create",
        Service = "compute",
        Actor = new() { Type = ActorType.Application, Name = "deploy" },
        Resource = new() { Type = "server", Name = "web-1" },
        Scope = new() { Project = new() { Name = "shop" } },
        Source = new() { Ip = "192.0.2.1" },
    }));

    [Fact]
    public void What_failed_was_only_tried() => Assert.Equal("jane tried “delete” on the volume v-1, and failed: not yours (status 403).", EventSentence.Of(new()
    {
        Action = "delete",
        Actor = new() { Name = "jane" },
        Resource = new() { Type = "volume", Id = "v-1" },
        Outcome = new() { Result = OutcomeResult.Failure, Status = 403, Reason = "not yours" },
    }));

    [Theory]
    [InlineData("login", "Somebody signed in.")]
    [InlineData("frobnicate", "Somebody did “frobnicate” to something.")]
    public void Little_is_said_of_what_says_little(string action, string expected) => Assert.Equal(expected, EventSentence.Of(new() { Action = action }));

    [Fact]
    public void Differences_are_told_element_by_element_with_their_digits()
    {
        var diff = JsonDiff.Of(Parsed("""{"a":1.10,"b":[1,{"c":"x"}],"d":true}"""), Parsed("""{"a":1.1,"b":[1,{"c":"y"},2],"e":null}"""));
        Assert.Equal(1, diff.Same);
        Assert.Equal(
        [
            new("a", "1.10", "1.1"), new("b[1].c", "x", "y"), new("d", "true", null), new("b[2]", null, "2"), new("e", null, "null"),
        ], diff.Differences);
        Assert.Equal(["changed", "changed", "removed", "added", "added"], diff.Differences.Select(difference => difference.Kind));
    }

    [Fact]
    public void What_was_made_or_deleted_has_one_side()
    {
        Assert.All(JsonDiff.Of(null, Parsed("""{"a":1,"b":{}}""")).Differences, difference => Assert.Equal("added", difference.Kind));
        Assert.Empty(JsonDiff.Of(null, null).Differences);
    }

    [Fact]
    public void A_comparison_of_huge_values_ends()
    {
        var huge = Parsed("[" + string.Join(',', Enumerable.Range(0, 20_000)) + "]");
        Assert.True(JsonDiff.Of(huge, null).IsCut);
    }

    private static JsonElement Parsed(string json) => JsonDocument.Parse(json).RootElement;
}
