using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;

namespace Domesday.Cli.Commands.Backup;

/// <summary>The options that say which service to talk to, and as whom; environment variables stand in for what is not said.</summary>
internal sealed class ServerAccess
{
    private const string DefaultServer = "http://127.0.0.1:1086";

    private readonly Option<string?> _server = new("--server") { Description = $"Address of the service (DOMESDAY_SERVER; {DefaultServer})." };
    private readonly Option<string?> _key = new("--key") { Description = "API key (DOMESDAY_KEY)." };
    private readonly Option<string?> _user = new("--user") { Description = "User, instead of a key (DOMESDAY_USER)." };
    private readonly Option<string?> _password = new("--password") { Description = "Password of the user (DOMESDAY_PASSWORD); on a command line others on the machine can see it." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_server, _key, _user, _password]) command.Options.Add(option);
    }

    /// <summary>A client that signs in with every request. Long answers do not time out.</summary>
    /// <exception cref="UriFormatException">The server's address is none.</exception>
    public HttpClient Open(ParseResult parsed)
    {
        var key = Of(parsed, _key, "DOMESDAY_KEY");
        var user = Of(parsed, _user, "DOMESDAY_USER");
        var password = Of(parsed, _password, "DOMESDAY_PASSWORD");
        var client = new HttpClient { BaseAddress = new Uri((Of(parsed, _server, "DOMESDAY_SERVER") ?? DefaultServer).TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = key is not null ? new AuthenticationHeaderValue("Bearer", key)
            : user is not null ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
            : null;
        return client;
    }

    private static string? Of(ParseResult parsed, Option<string?> option, string variable) =>
        (parsed.GetValue(option) ?? Environment.GetEnvironmentVariable(variable)) is { Length: > 0 } text ? text : null;
}
