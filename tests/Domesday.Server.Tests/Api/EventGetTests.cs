using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Domesday.Events;
using Domesday.Events.Merkle;

namespace Domesday.Server.Tests.Api;

/// <summary>One event with its notes and its attachments.</summary>
public class EventGetTests
{
    private static AuditEvent Event(string id, string? project = null) => new()
    {
        Id = id,
        Action = "create",
        Resource = new() { Type = "server", Id = "r-1" },
        Scope = project is null ? null : new() { Region = "eu", Project = new() { Id = project } },
    };

    private static Task<(int Status, JsonNode Body)> NoteAsync(ApiHost host, string path, string text, string? projects = null) =>
        host.AskAsync(HttpMethod.Post, path, projects: projects, content: JsonContent.Create(new { text }));

    [Fact]
    public async Task An_event_is_found_by_its_sequence_and_by_its_id()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("plain"), Event("with/slash and ü"), Event("2"), Event("77"));
        var texts = await host.TextsAsync();
        foreach (var (path, index) in new[] { ("0", 0), ("plain", 0), ("with/slash%20and%20%C3%BC", 1), ("with%2Fslash%20and%20%C3%BC", 1), ("2", 2), ("77", 3) })
        {
            Assert.Equal(texts[index], (await host.GetAsync("/events/" + path))["event"]!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        }
        foreach (var path in new[] { "4", "nobody", "99999999999999999999", "-1", "0/nothing" }) Assert.Equal(404, (await host.AskAsync(HttpMethod.Get, "/events/" + path)).Status);
    }

    [Fact]
    public async Task A_note_is_an_event_that_the_first_shows()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("e0", "alpha"), Event("e1", "beta"));
        var (status, receipt) = await NoteAsync(host, "/events/0/notes", "  Checked with\nthe team 😀  ");
        Assert.Equal((201, 2), (status, receipt["sequence"]!.GetValue<int>()));
        Assert.True(MerkleHash.TryFromBase64(receipt["leaf_hash"]!.GetValue<string>(), out _));
        await NoteAsync(host, "/events/0/notes", "Second");
        var shown = await host.GetAsync("/events/e0", projects: "alpha");
        Assert.Equal(["Checked with\nthe team 😀", "Second"], shown["notes"]!.AsArray().Select(note => note!["reason"]!["text"]!.GetValue<string>()));
        var note = shown["notes"]![0]!;
        Assert.Equal(("note", "Alice", "r-1", "alpha", 0), (note["action"]!.GetValue<string>(), note["actor"]!["name"]!.GetValue<string>(), note["resource"]!["id"]!.GetValue<string>(), note["scope"]!["project"]!["id"]!.GetValue<string>(), note["refers_to"]!.GetValue<int>()));
        Assert.Empty((await host.GetAsync("/events/1"))["notes"]!.AsArray());
    }

    [Theory]
    [InlineData("ab", 400)]
    [InlineData("  a  ", 400)]
    [InlineData("abc", 201)]
    [InlineData("a\0bc", 400)]
    public async Task A_note_has_at_least_three_characters_and_none_that_no_event_may_have(string text, int expected)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("e0"));
        Assert.Equal(expected, (await NoteAsync(host, "/events/0/notes", text)).Status);
    }

    [Fact]
    public async Task A_note_has_at_most_4000_characters_counted_as_people_do()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("e0"));
        Assert.Equal(201, (await NoteAsync(host, "/events/0/notes", string.Concat(Enumerable.Repeat("😀", 4_000)))).Status);
        var (status, problem) = await NoteAsync(host, "/events/0/notes", new string('x', 4_001));
        Assert.Equal((400, "text"), (status, problem["errors"]![0]!["field"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"text\":5}")]
    [InlineData("{\"text\":\"fine\",\"more\":1}")]
    [InlineData("{\"text\":\"fine\",\"text\":\"twice\"}")]
    public async Task Anything_but_a_text_is_no_note(string body)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("e0"));
        Assert.Equal(400, (await host.AskAsync(HttpMethod.Post, "/events/0/notes", content: new StringContent(body, Encoding.UTF8, "application/json"))).Status);
        Assert.Single(await host.TextsAsync());
    }

    [Fact]
    public async Task Nobody_notes_what_they_do_not_see()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AppendAsync(Event("e0", "alpha"));
        Assert.Equal(404, (await NoteAsync(host, "/events/0/notes", "Mine?", projects: "beta")).Status);
        Assert.Equal(404, (await NoteAsync(host, "/events/7/notes", "Mine?")).Status);
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Get, "/events/0", projects: "beta")).Status);
    }

    [Fact]
    public async Task A_body_beside_its_entry_is_fetched_by_its_digest()
    {
        await using var host = await ApiHost.StartAsync();
        var body = JsonSerializer.SerializeToElement(new string('x', 100_000));
        await host.AppendAsync(Event("e0", "alpha") with { Request = new() { Body = body } });
        var digest = (await host.GetAsync("/events/0"))["event"]!["attachments"]!["request.body"]!["sha256"]!.GetValue<string>();
        using var response = await host.SendAsync(HttpMethod.Get, $"/events/0/attachments/{digest}");
        Assert.Equal(body.GetRawText(), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Get, $"/events/0/attachments/{digest}", projects: "beta")).Status);
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Get, $"/events/0/attachments/{new string('0', 64)}")).Status);
    }
}
