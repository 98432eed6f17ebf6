using System.Net;

namespace Domesday.EndToEnd.Tests;

public sealed class FirstStartTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_prints_a_password_once_and_it_signs_in_for_good()
    {
        using var folder = new TestFolder();
        string? password;
        await using (var first = await ServiceProcess.StartAsync(folder["data"], Nothing))
        {
            await first.StopAsync();
            password = first.PrintedPassword;
        }
        Assert.NotNull(password);
        Assert.True(password.Length >= 20);
        await using var second = await ServiceProcess.StartAsync(folder["data"], Nothing);
        using var admin = second.Admin(password);
        Assert.NotEmpty((await admin.JsonAsync("/audit/v1/tenants"))["tenants"]!.AsArray());
        using var stranger = second.Admin("something else");
        await stranger.GetAsync("/audit/v1/tenants", HttpStatusCode.Unauthorized);
        Assert.Null(second.PrintedPassword);
        Assert.DoesNotContain(password, second.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_folder_is_its_owners_alone()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        using var admin = service.Admin();
        await admin.SendAsync("e1", Cancellation);
        await admin.CheckpointAsync(1);
        Assert.Equal("700", await ModeAsync(folder["data/keys"]));
        Assert.Equal("700", await ModeAsync(folder["data/store"]));
        Assert.Equal("600", await ModeAsync(folder["data/keys/signing.key"]));
        Assert.Equal("600", await ModeAsync(folder["data/checkpoints"]));
    }

    [Fact]
    public async Task A_second_process_on_one_data_folder_is_refused_in_a_sentence()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        var second = await Command.DomesdayAsync("serve", "--urls", "http://127.0.0.1:0", "--data", folder["data"]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("is in use by another process", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
        using var admin = service.Admin();
        Assert.Equal(HttpStatusCode.OK, await admin.SendAsync("e1", Cancellation));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var folder = new TestFolder();
        await using var service = await ServiceProcess.StartAsync(folder["data"]);
        var second = await Command.DomesdayAsync("serve", "--urls", service.Url.ToString(), "--data", folder["other"]);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains(service.Url.Authority, second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_does_not_exist_stops_the_start_with_the_nearest_name()
    {
        var misspelled = await Command.DomesdayAsync("serve", "--urlz", "http://127.0.0.1:0");
        Assert.Equal(2, misspelled.ExitCode);
        Assert.Contains("--urls", misspelled.Errors, StringComparison.Ordinal);
        var variable = await Command.RunAsync(Command.Domesday, ["serve"], new Dictionary<string, string> { ["DOMESDAY_DATTA"] = "x" });
        Assert.Equal(2, variable.ExitCode);
        Assert.Contains("DOMESDAY_DATA", variable.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> ModeAsync(string path) => (await Command.RunAsync("stat", ["-c", "%a", path])).Output.Trim();
}
