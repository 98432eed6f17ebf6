using System.CommandLine;
using System.Globalization;
using Domesday.Cli.Help;
using Domesday.Cli.Terminal;

namespace Domesday.Cli.Tests.Help;

public sealed class HelpTests
{
    public static TheoryData<string> Commands => [.. Paths(Tree(), [])];

    [Fact]
    public void The_documentation_says_what_the_program_does()
    {
        // DOMESDAY_TEST_WRITE_DOCS=1 writes the page instead; so does `domesday help-markdown > docs/cli.md`.
        var page = Path.Combine(Root(), "docs", "cli.md");
        var made = MarkdownHelp.Of(Tree());
        if (Environment.GetEnvironmentVariable("DOMESDAY_TEST_WRITE_DOCS") == "1") File.WriteAllText(page, made);
        Assert.Equal(made, File.ReadAllText(page));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself_with_an_example(string command)
    {
        await using var cli = CliHost.WithoutService();
        var shown = await cli.OutputAsync([.. command.Split(' '), "--help"]);
        Assert.Contains("Example", shown, StringComparison.Ordinal);
        Assert.Matches("domesday [a-z-]+", shown[shown.LastIndexOf("Example", StringComparison.Ordinal)..]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_and_option_is_on_the_page(string command)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "cli.md"));
        Assert.Contains($"## domesday {command}\n", page, StringComparison.Ordinal);
        var found = command.Split(' ').Aggregate((Command)Tree(), (parent, word) => parent.Subcommands.Single(inner => inner.Name == word));
        Assert.All(found.Options.Where(option => option is not System.CommandLine.Help.HelpOption), option => Assert.Contains(option.Name, page, StringComparison.Ordinal));
        Assert.All(found.Options, option => Assert.False(string.IsNullOrEmpty(option.Description)));
        Assert.All(found.Arguments, argument => Assert.False(string.IsNullOrEmpty(argument.Description)));
    }

    [Theory]
    [InlineData("quary", "query")]
    [InlineData("query --foo", "See domesday query --help.")]
    [InlineData("query --limit many", "many")]
    [InlineData("query --order up", "up")]
    [InlineData("tenant", "create")]
    [InlineData("", "Commands:")]
    [InlineData("get", "See domesday get --help.")]
    [InlineData("query", "DOMESDAY_KEY")]
    [InlineData("query --server nowhere --key k", "http://")]
    [InlineData("query --key a --user b", "not with both")]
    [InlineData("query --user b", "DOMESDAY_PASSWORD")]
    [InlineData("query --key k --exclude colour=red", "FIELD=VALUE")]
    [InlineData("query --key k --substring", "--search")]
    [InlineData("verify export nofile", "nofile")]
    [InlineData("demo --events 0", "--events")]
    [InlineData("send --batch 0 --key k", "--batch")]
    public async Task Wrong_usage_ends_with_exit_code_2_and_says_what_is_right(string typed, string said)
    {
        await using var cli = CliHost.WithoutService();
        var result = await cli.RunAsync(typed.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_cannot_be_reached_is_one_line_and_exit_code_1()
    {
        await using var cli = CliHost.WithoutService();
        var result = await cli.RunAsync("query", "--server", "http://127.0.0.1:1", "--key", "k");
        Assert.Equal(1, result.Code);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_password_is_asked_for_where_there_is_someone_to_ask()
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var asked = new List<string>();
        using var console = new CliConsole(Stream.Null, Stream.Null, error, new Dictionary<string, string>())
        {
            AskSecret = question =>
            {
                asked.Add(question);
                return "secret";
            },
        };
        Assert.Equal(1, await CommandLine.RunAsync(["query", "--server", "http://127.0.0.1:1", "--user", "alice"], console, TestContext.Current.CancellationToken));
        Assert.Equal("Password of alice:", Assert.Single(asked));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private static RootCommand Tree() => CommandLine.Create(new CliConsole(Stream.Null, Stream.Null, TextWriter.Null, new Dictionary<string, string>()));

    private static IEnumerable<string> Paths(Command command, string[] path) => command.Subcommands.Where(inner => !inner.Hidden)
        .SelectMany(inner => Paths(inner, [.. path, inner.Name]).Prepend(string.Join(' ', [.. path, inner.Name])));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Domesday.slnx"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No Domesday.slnx above the test.");
        return folder;
    }
}
