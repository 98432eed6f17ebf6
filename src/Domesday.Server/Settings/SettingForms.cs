using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Domesday.Core.Access;
using Domesday.Core.Control;
using Domesday.Ingest.Syslog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Domesday.Server.Settings;

/// <summary>The forms that settings' values have.</summary>
internal static partial class SettingForms
{
    private const int OriginCharsMax = 200;

    public static (string? Value, string? Fault) Text(string text) => text.Length == 0 ? (null, "is empty: leave it out") : (text, null);

    public static Func<string, (int Value, string? Fault)> Number(int min, int max) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? (number, null)
            : (0, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));

    public static (RetentionPolicy? Value, string? Fault) Days(string text) =>
        Number(1, RetentionPolicy.DaysMax)(text) is { Fault: null, Value: var days } ? (new() { Days = days }, null) : (null, $"must be a whole number from 1 to {RetentionPolicy.DaysMax}: leave it out for ever");

    public static Func<string, (string? Value, string? Fault)> OneOf(params string[] values) => text =>
        values.Contains(text) ? (text, null) : (null, $"must be one of {string.Join(", ", values)}");

    public static (LogLevel Value, string? Fault) Level(string text) => text switch
    {
        "trace" => (LogLevel.Trace, null),
        "debug" => (LogLevel.Debug, null),
        "info" => (LogLevel.Information, null),
        "warning" => (LogLevel.Warning, null),
        "error" => (LogLevel.Error, null),
        _ => (default, "must be one of trace, debug, info, warning, error"),
    };

    public static (IReadOnlyList<string>? Value, string? Fault) Urls(string text)
    {
        var urls = text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0) return (null, "is empty: name at least one address");
        return urls.FirstOrDefault(url => !IsListenUrl(url)) is { } wrong
            ? (null, $"has '{wrong}', which is not an address to listen on such as http://127.0.0.1:1086 or https://0.0.0.0:443")
            : (urls, null);
    }

    /// <summary>What stands before a tenant's name in the origin of its checkpoints: no white space, no plus sign.</summary>
    /// <remarks>Source: C2SP signed-note, «key name».</remarks>
    public static (string? Value, string? Fault) Origin(string text) => text.Length is > 0 and <= OriginCharsMax && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter == '+')
        ? (text.TrimEnd('/'), null)
        : (null, $"must have 1 to {OriginCharsMax} characters without white space and plus signs, such as audit.example.com");

    /// <summary>Another service that is trusted with credentials: https, or http on this machine.</summary>
    public static (Uri? Value, string? Fault) RemoteUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || url is { Scheme: "http", IsLoopback: true }) && url.Query.Length == 0 && url.Fragment.Length == 0
            ? (url, null) : (null, "must be an https address, or an http address on this machine");

    public static (IReadOnlyDictionary<string, string>? Value, string? Fault) Pairs(string text)
    {
        var pairs = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries)).ToList();
        return pairs.TrueForAll(pair => pair is [{ Length: > 0 }, { Length: > 0 }]) && pairs.Select(pair => pair[0]).Distinct().Count() == pairs.Count
            ? (pairs.ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal), null)
            : (null, "must be pairs such as admin=auditor,member=project_viewer, each name once");
    }

    /// <summary>Where to listen for syslog, and for which tenant: <c>ADDRESS:PORT</c>, with <c>/TENANT</c> behind it or not.</summary>
    public static (IReadOnlyList<SyslogAddress>? Value, string? Fault) SyslogAddresses(string text)
    {
        var addresses = new List<SyslogAddress>();
        foreach (var one in text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = one.Split('/');
            // Without a colon behind the address its port would be 0.
            var isAddress = IPEndPoint.TryParse(parts[0], out var end) && parts[0].LastIndexOf(':') > parts[0].LastIndexOf(']') && (end.AddressFamily == AddressFamily.InterNetwork || parts[0][0] == '[');
            var tenant = parts.Length == 1 ? TenantName.Default : parts[1];
            if (!isAddress || parts.Length > 2 || TenantName.Check(tenant) is not null) return (null, $"has '{one}', which is not an address such as 0.0.0.0:514, [::]:514 or 0.0.0.0:514/acme");
            addresses.Add(new(end!, tenant));
        }
        return addresses.Count > 0 ? (addresses, null) : (null, "is empty: name at least one address");
    }

    /// <summary>Where a RabbitMQ is. The fault does not repeat the text, which holds a password.</summary>
    public static (Uri? Value, string? Fault) Amqp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" && address.Host.Length > 0
            ? (address, null)
            : (null, "must be an address such as amqp://user:password@host:5672/");

    public static (IReadOnlyList<string>? Value, string? Fault) Names(string text)
    {
        var names = text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0 ? (names, null) : (null, "is empty: name at least one");
    }

    /// <summary>Origins as a content security policy names them: what stands there is written into a header.</summary>
    public static (IReadOnlyList<string>? Value, string? Fault) Origins(string text)
    {
        var origins = text.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (origins.Length == 0) return (null, "is empty: name at least one");
        return origins.FirstOrDefault(origin => !OriginForm().IsMatch(origin)) is { } wrong ? (null, $"has '{wrong}', which is not an origin such as https://portal.example.com") : (origins, null);
    }

    public static (string? Value, string? Fault) Tenant(string text) => TenantName.Check(text) is null ? (text, null) : (null, "is not a tenant's name");

    [GeneratedRegex(@"^https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]{1,5})?$", RegexOptions.CultureInvariant)]
    private static partial Regex OriginForm();

    private static bool IsListenUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address is { Host.Length: > 0, PathBase: "" } && address.Port is >= 0 and <= 65_535;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
