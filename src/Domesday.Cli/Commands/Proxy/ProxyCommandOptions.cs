using System.CommandLine;
using System.Text.Json;
using Domesday.Cli.Connection;
using Domesday.Cli.Terminal;
using Domesday.Client;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Events.Json;
using Domesday.Proxy.Hosting;
using Domesday.Proxy.Transport;

namespace Domesday.Cli.Commands.Proxy;

/// <summary>The options of <c>domesday proxy</c>.</summary>
internal sealed class ProxyCommandOptions(CliConsole console)
{
    private readonly Option<string[]> _listen = new("--listen") { HelpName = "ADDRESS", Required = true, AllowMultipleArgumentsPerToken = true, Description = "http://host:port, https://host:port or unix:///path; several may be given." };
    private readonly Option<string> _upstream = new("--upstream") { HelpName = "ADDRESS", Required = true, Description = "The API: http://, https://, tcp:// or unix://." };
    private readonly Option<string> _kind = new("--kind") { HelpName = "KIND", DefaultValueFactory = _ => "http", Description = "docker, docker-swarm, kubernetes or http: how requests are read." };
    private readonly Option<string> _level = new("--level") { HelpName = "LEVEL", DefaultValueFactory = _ => "metadata", Description = "none, metadata or request, while no policy is set at the service." };
    private readonly Option<string?> _policy = new("--policy") { HelpName = "FILE", Description = "A policy as JSON, instead of --level: rules, ignore list, redaction, fail modes." };
    private readonly Option<bool> _alone = new("--own-policy") { Description = "The service's policy is not followed." };
    private readonly Option<string?> _routes = new("--routes") { HelpName = "FILE", Description = "Route templates as JSON, for --kind http." };
    private readonly Option<string?> _service = new("--service") { HelpName = "NAME", Description = "Name of the component in events; else as the kind has it." };
    private readonly Option<string> _spool = new("--spool") { HelpName = "FOLDER", DefaultValueFactory = _ => "./proxy", Description = "Where events and the policy are kept until the service has them; one folder for each proxy." };
    private readonly Option<int> _spoolMebibytes = new("--spool-mib") { HelpName = "NUMBER", DefaultValueFactory = _ => 1_024, Description = "Most mebibytes that wait there." };
    private readonly Option<string?> _certificate = new("--tls-cert") { HelpName = "FILE", Description = "Certificate for https:// listeners, PEM." };
    private readonly Option<string?> _key = new("--tls-key") { HelpName = "FILE", Description = "Its key, PEM." };
    private readonly Option<string?> _clientAuthority = new("--client-ca") { HelpName = "FILE", Description = "Clients' certificates by these authorities name the actor, PEM." };
    private readonly Option<bool> _requiresCertificate = new("--require-client-cert") { Description = "Clients without a certificate are turned away." };
    private readonly Option<string?> _upstreamAuthority = new("--upstream-ca") { HelpName = "FILE", Description = "Authorities of the upstream, PEM; else the system's." };
    private readonly Option<string?> _upstreamCertificate = new("--upstream-cert") { HelpName = "FILE", Description = "Certificate that is shown to the upstream, PEM." };
    private readonly Option<string?> _upstreamKey = new("--upstream-key") { HelpName = "FILE", Description = "Its key, PEM." };
    private readonly Option<string?> _userHeader = new("--user-header") { HelpName = "NAME", Description = "Header in which a trusted proxy in front names the user." };
    private readonly Option<string?> _identityHeader = new("--identity-header") { HelpName = "NAME", Description = "Header in which the upstream is told the name in the client's certificate." };
    private readonly Option<string?> _metrics = new("--metrics") { HelpName = "URL", Description = "Where counters are served, such as http://127.0.0.1:9100." };

    public ProxyCommandOptions AddTo(Command command)
    {
        Option[] options =
        [
            _listen, _upstream, _kind, _level, _policy, _alone, _routes, _service, _spool, _spoolMebibytes, _certificate, _key, _clientAuthority, _requiresCertificate,
            _upstreamAuthority, _upstreamCertificate, _upstreamKey, _userHeader, _identityHeader, _metrics,
        ];
        foreach (var option in options) command.Options.Add(option);
        return this;
    }

    /// <exception cref="UsageException">Something is not valid.</exception>
    public ProxyOptions Read(ParseResult parse, ClientOptions server)
    {
        var policy = PolicyOf(parse);
        var sends = policy.Level != CaptureLevel.None || !parse.GetValue(_alone);
        if (sends && server.Credential is null) throw new UsageException("Sign in: set DOMESDAY_KEY or give --key with a key that may write. Only --level none --own-policy needs none.");
        var faults = new List<Fault>();
        var compiled = CompiledPolicy.TryCompile(policy, faults) ?? throw new UsageException(string.Join('\n', faults.Select(fault => $"The policy's {fault.Field} {fault.Reason}.")));
        var (listen, mebibytes) = (parse.GetValue(_listen)!, parse.GetValue(_spoolMebibytes));
        if (mebibytes is < 1 or > 1_000_000) throw new UsageException("--spool-mib must be between 1 and 1000000.");
        try
        {
            var addresses = listen.Select(ProxyAddress.Parse).ToList();
            var tls = TlsSettings.Load(parse.GetValue(_certificate), parse.GetValue(_key), parse.GetValue(_clientAuthority), parse.GetValue(_requiresCertificate));
            if (addresses.Exists(address => address.IsTls) && tls.Certificate is null) throw new UsageException("An https:// listener needs --tls-cert and --tls-key.");
            return new()
            {
                Listen = addresses,
                Upstream = ProxyAddress.Parse(parse.GetValue(_upstream)!),
                Kind = KindOf(parse.GetValue(_kind)!),
                Policy = compiled,
                FollowsServer = !parse.GetValue(_alone),
                Server = server,
                Folder = parse.GetValue(_spool)!,
                SpoolBytesMax = mebibytes * 1024L * 1024,
                Service = parse.GetValue(_service),
                RoutesJson = parse.GetValue(_routes) is { } routes ? File.ReadAllBytes(routes) : default(ReadOnlyMemory<byte>),
                ListenTls = tls,
                UpstreamTls = TlsSettings.Load(parse.GetValue(_upstreamCertificate), parse.GetValue(_upstreamKey), parse.GetValue(_upstreamAuthority), false),
                UserField = parse.GetValue(_userHeader),
                IdentityField = parse.GetValue(_identityHeader),
                Metrics = parse.GetValue(_metrics) is { } metrics ? MetricsUrl(metrics) : null,
                Time = console.Time,
            };
        }
        catch (FormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private CapturePolicy PolicyOf(ParseResult parse)
    {
        if (parse.GetValue(_policy) is not { } file) return new() { Level = LevelOf(parse.GetValue(_level)!) };
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), CaptureJson.Default.CapturePolicy) ?? throw new UsageException($"{file} holds no policy.");
        }
        catch (JsonException exception)
        {
            throw new UsageException($"{file} holds no policy: {exception.Message}");
        }
    }

    private static Uri MetricsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http" ? url : throw new UsageException($"--metrics must be http://host:port, not {text}.");

    private static CaptureLevel LevelOf(string text) => text switch
    {
        "none" => CaptureLevel.None,
        "metadata" => CaptureLevel.Metadata,
        "request" => CaptureLevel.Request,
        _ => throw new UsageException($"--level must be none, metadata or request, not {text}."),
    };

    private static ProxyKind KindOf(string text) => text switch
    {
        "docker" or "docker-swarm" => ProxyKind.Docker,
        "kubernetes" => ProxyKind.Kubernetes,
        "http" => ProxyKind.Http,
        _ => throw new UsageException($"--kind must be docker, docker-swarm, kubernetes or http, not {text}."),
    };
}
