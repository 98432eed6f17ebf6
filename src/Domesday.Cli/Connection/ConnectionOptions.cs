using System.CommandLine;
using Domesday.Cli.Terminal;
using Domesday.Client;

namespace Domesday.Cli.Connection;

/// <summary>The options of every command that speaks to a service, and the variables that stand in for them.</summary>
internal sealed class ConnectionOptions(CliConsole console)
{
    private const string ServerDefault = "http://127.0.0.1:1086";

    private readonly Option<string?> _server = new("--server") { HelpName = "URL", Description = $"Address of the service; else DOMESDAY_SERVER, else {ServerDefault}." };
    private readonly Option<string?> _key = new("--key") { HelpName = "KEY", Description = "API key; else DOMESDAY_KEY. Others on the machine can see a command line." };
    private readonly Option<string?> _user = new("--user") { HelpName = "NAME", Description = "User, instead of a key; else DOMESDAY_USER." };
    private readonly Option<string?> _password = new("--password") { HelpName = "TEXT", Description = "The user's password; else DOMESDAY_PASSWORD, else it is asked for on a terminal." };
    private readonly Option<string?> _tenant = new("--tenant") { HelpName = "NAME", Description = "The tenant that is meant, for system administrators; else DOMESDAY_TENANT, else the credential's own." };

    public ConnectionOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _server, _key, _user, _password, _tenant }) command.Options.Add(option);
        return this;
    }

    /// <summary>For a command whose own <c>--user</c> is somebody else than who signs in: that is then said by a key or by variables.</summary>
    public ConnectionOptions AddWithoutUserTo(Command command)
    {
        foreach (var option in new Option[] { _server, _key, _tenant }) command.Options.Add(option);
        return this;
    }

    /// <summary>What the command does, with a client of its own; it ends with 0 unless something is thrown.</summary>
    /// <exception cref="UsageException">When the command runs: the address or the credential is missing or not valid.</exception>
    public void Act(Command command, Func<DomesdayClient, ParseResult, CancellationToken, Task> act) => command.SetAction(async (parse, cancellation) =>
    {
        using var client = Connect(parse);
        await act(client, parse, cancellation);
        return 0;
    });

    /// <exception cref="UsageException">The address or the credential is missing or not valid.</exception>
    public DomesdayClient Connect(ParseResult parse) => Connect(parse, CredentialOf(parse) ?? throw new UsageException("Sign in: set DOMESDAY_KEY or give --key, or give --user with --password (DOMESDAY_USER, DOMESDAY_PASSWORD)."));

    /// <returns>Null when nothing says whom to sign in as.</returns>
    /// <exception cref="UsageException">The address or the credential is not valid.</exception>
    public DomesdayClient? TryConnect(ParseResult parse) => CredentialOf(parse) is { } credential ? Connect(parse, credential) : null;

    public Uri ServerOf(ParseResult parse)
    {
        var text = parse.GetValue(_server) ?? console.Variable("DOMESDAY_SERVER") ?? ServerDefault;
        return Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "http" or "https" ? server
            : throw new UsageException($"The server's address must begin with http:// or https://, not {text}.");
    }

    public string? TenantOf(ParseResult parse) => parse.GetValue(_tenant) ?? console.Variable("DOMESDAY_TENANT");

    /// <summary>For a command that keeps connections of its own.</summary>
    /// <returns>Without a credential when nothing says whom to sign in as.</returns>
    /// <exception cref="UsageException">The address or the credential is not valid.</exception>
    public ClientOptions OptionsOf(ParseResult parse) => OptionsOf(parse, CredentialOf(parse));

    private DomesdayClient Connect(ParseResult parse, ClientCredential credential) => new(OptionsOf(parse, credential));

    private ClientOptions OptionsOf(ParseResult parse, ClientCredential? credential) => new() { Server = ServerOf(parse), Credential = credential, Tenant = TenantOf(parse), Time = console.Time };

    private string PasswordOf(ParseResult parse, string user) => parse.GetValue(_password) ?? console.Variable("DOMESDAY_PASSWORD")
        ?? console.AskSecret?.Invoke($"Password of {user}:") ?? throw new UsageException("--user needs --password or DOMESDAY_PASSWORD.");

    private ClientCredential? CredentialOf(ParseResult parse)
    {
        var (key, user) = (parse.GetValue(_key), parse.GetValue(_user));
        if (key is not null && user is not null) throw new UsageException("Sign in with --key or with --user, not with both.");
        if (user is null) key ??= console.Variable("DOMESDAY_KEY");
        if (key is null) user ??= console.Variable("DOMESDAY_USER");
        try
        {
            if (key is not null) return ClientCredential.ApiKey(key);
            if (user is null) return null;
            return ClientCredential.User(user, PasswordOf(parse, user));
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message.Split(" (Parameter", 2)[0]);
        }
    }
}
