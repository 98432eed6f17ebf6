using Domesday.Core.Control;
using Domesday.Core.Credentials;
using Domesday.Events;
using Microsoft.AspNetCore.Http;

namespace Domesday.Http.Authorization;

/// <summary>Who a request is recorded under.</summary>
public static class RequestAuthor
{
    private const int UserAgentCharsMax = 512;

    private static readonly EventSource Nothing = new();

    /// <summary>The principal, and where the request came from.</summary>
    /// <exception cref="InvalidOperationException">The request is not authenticated.</exception>
    public static ChangeAuthor Author(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var address = http.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        var source = new EventSource
        {
            Ip = address?.ToString(),
            Port = http.Connection.RemotePort is > 0 and var port ? port : null,
            UserAgent = EventText.Clean(http.Request.Headers.UserAgent.ToString(), UserAgentCharsMax),
        };
        return ChangeAuthor.Of(http.Principal(), source == Nothing ? null : source);
    }

    /// <summary>Where somebody signs in from; needs no credential.</summary>
    public static SignInOrigin SignInOrigin(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return new(http.Connection.RemoteIpAddress, EventText.Clean(http.Request.Headers.UserAgent.ToString(), UserAgentCharsMax));
    }

    /// <summary>Records that the request reads; see <see cref="ReadAudit.Read"/>.</summary>
    /// <param name="filter">As the caller wrote it, such as the query string without cursor; empty for everything.</param>
    public static void RecordRead(this HttpContext http, ReadAudit audit, string operation, string filter)
    {
        ArgumentNullException.ThrowIfNull(audit);
        audit.Read(http.Author(), http.Scope(), operation, filter);
    }

    /// <summary>Records that the request exports; see <see cref="ReadAudit.Export"/>.</summary>
    /// <inheritdoc cref="RecordRead"/>
    public static void RecordExport(this HttpContext http, ReadAudit audit, string operation, string filter)
    {
        ArgumentNullException.ThrowIfNull(audit);
        audit.Export(http.Author(), http.Scope(), operation, filter);
    }
}
