namespace Domesday.Server.OpenApi;

/// <summary>The routes of the Docker UCP dialect, and those of the Engine that <c>docker logs ucp-controller</c> asks.</summary>
internal static class DockerUcpTexts
{
    private static readonly ParameterText Since = new("since", Form.Text, "Lines from then on: Unix seconds with a fraction, ISO 8601, or a span such as `10m`.");
    private static readonly ParameterText Until = new("until", Form.Text, "Lines up to then, in the same forms.");
    private static readonly ContentText Toml = new("application/toml", null);

    public static SurfaceText Surface { get; } = new("Docker UCP", "UCP's configuration of logging, and the controller's log as the docker command reads it: docs/dialects.", "UcpMessage",
    [
        new("POST /auth/login", "Sign in for a token") { Bodies = [ContentText.Json("UcpLogin")], Answers = [AnswerText.Json("UcpToken", "The token.")] },
        new("GET /api/ucp/config/logging", "The configuration of logging") { Answers = [AnswerText.Json("UcpLogging", "The configuration, without white space.")] },
        new("PUT /api/ucp/config/logging", "Set the configuration of logging") { Bodies = [ContentText.Json("UcpLogging")], Answers = [AnswerText.Json("UcpLogging", "As it is now.")] },
        new("GET /api/ucp/config-toml", "The whole configuration") { Answers = [new(200, "TOML.", Toml)] },
        new("PUT /api/ucp/config-toml", "Set the whole configuration") { Bodies = [Toml], Answers = [AnswerText.Json("UcpMessage", "It is set.")] },
        new("GET /api/support", "The support dump")
        {
            Details = "Holds `ucp-controller.log`, without audit lines unless the configuration says so.",
            Parameters = [new("loglines", Form.Text, "The last lines alone, or `all`."), Since, Until],
            Answers = [new(200, "A .tgz.", new ContentText("application/gzip", null))],
        },
        .. Engine(""),
        .. Engine("/v1.{minor}"),
    ])
    { ProblemType = "application/json" };

    private static IEnumerable<RouteText> Engine(string prefix)
    {
        var version = prefix.Length == 0 ? "" : ", by a client that names the version of its API";
        IReadOnlyList<ParameterText> path = prefix.Length == 0 ? [] : [new("minor", Form.Number(0), "Of the Engine API's version.") { Place = ParameterPlace.Path }];
        var container = new ParameterText("name", Form.Text, "`ucp-controller`, or the id of it.") { Place = ParameterPlace.Path };
        yield return new($"GET {prefix}/_ping", $"Which Engine this is{version}") { Parameters = path, Answers = [new(200, "`OK`.", new ContentText("text/plain", null)) { Headers = [("Api-Version", "Newest version of the Engine API that is spoken.")] }] };
        yield return new($"HEAD {prefix}/_ping", $"Which Engine this is{version}") { Parameters = path, Answers = [new(200, "The headers alone.") { Headers = [("Api-Version", "Newest version of the Engine API that is spoken.")] }] };
        yield return new($"GET {prefix}/containers/{{name}}/json", $"The controller's container{version}") { Parameters = [.. path, container], Answers = [AnswerText.Json("EngineContainer", "The container.")] };
        yield return new($"GET {prefix}/containers/{{name}}/logs", $"Audit lines of the controller's log{version}")
        {
            Parameters =
            [
                .. path, container, new("stdout", Form.Flag, "Where the lines are; one of the two must be chosen."), new("stderr", Form.Flag, "Has no lines."), new("tail", Form.Text, "The last lines alone, or `all`."),
                Since, Until, new("follow", Form.Flag, "Goes on as lines come."), new("timestamps", Form.Flag, "Each line begins with its time."), new("details", Form.Flag, "Each line begins with its attributes, of which there are none."),
            ],
            Answers = [new(200, "The Engine's frames of stdout.", new ContentText("application/vnd.docker.raw-stream", null), new ContentText("application/vnd.docker.multiplexed-stream", null))],
        };
    }
}
