using System.Net.Http.Headers;
using System.Text;
using Domesday.Dialects.UpCloud;

namespace Domesday.Dialects.Tests;

/// <summary>Each dialect answers its recorded requests as they are recorded, member by member.</summary>
public class FixtureTests
{
    public static TheoryData<string> Dialects =>
        [.. Directory.EnumerateDirectories(AppContext.BaseDirectory).Where(folder => Directory.Exists(Path.Combine(folder, "fixtures"))).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_recorded_request_gets_the_recorded_answer(string dialect)
    {
        await using var host = await DialectHost.StartAsync();
        using (var events = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(DialectFixture.FolderOf(dialect), "events.ndjson"), TestContext.Current.CancellationToken)))
        {
            events.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var stored = await host.Writer.PostAsync("/audit/v1/events", events, TestContext.Current.CancellationToken);
            Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        var values = new Dictionary<string, string>
        {
            ["read_key"] = host.ReadKey,
            ["write_key"] = host.WriteKey,
            ["admin_key"] = host.AdminKey,
            ["password"] = DialectHost.Password,
            ["admin_basic"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{DialectHost.Password}")),
            ["host"] = host.Url.Authority,
        };
        foreach (var stored in await host.Service.EventsAsync(DialectHost.Tenant))
        {
            values[$"sequence {stored.Id}"] = $"{stored.Sequence}";
            values[$"sequence-hex {stored.Id}"] = $"{stored.Sequence:x12}";
            values[$"ulid {stored.Id}"] = Ulid.Of(stored.Time!.Value, stored.Sequence!.Value);
        }
        var fixtures = DialectFixture.Of(dialect);
        Assert.NotEmpty(fixtures);
        var differences = new List<string>();
        foreach (var fixture in fixtures)
        {
            if (await fixture.RunAsync(host, values) is { } difference) differences.Add(difference);
        }
        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }
}
