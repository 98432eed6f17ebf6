using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>What a head is passed on as: untouched, but for upgrades behind which requests would pass unseen, and for the field of the client's identity.</summary>
internal static class UpgradeFilter
{
    /// <param name="identity">Name in the client's certificate.</param>
    public static ReadOnlyMemory<byte> Forwarded(MessageHead head, SessionSettings settings, string? identity)
    {
        var isHidden = HidesRequests(head, settings.IsDocker);
        if (!isHidden && settings.IdentityField is null) return head.Bytes;
        var added = settings.IdentityField is { } field && identity is not null ? $"{field}: {identity}" : null;
        return head.Rewrite(name => name.Equals(settings.IdentityField, StringComparison.OrdinalIgnoreCase)
            || isHidden && (name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase) || name.Equals("HTTP2-Settings", StringComparison.OrdinalIgnoreCase)), added);
    }

    /// <summary>Docker's sessions of BuildKit carry HTTP/2; elsewhere a server that took the upgrade would answer requests that nobody sees.</summary>
    /// <remarks>Source: RFC 9110 §7.8: an intermediary may take the field out, and the server answers in HTTP/1.1.</remarks>
    private static bool HidesRequests(MessageHead head, bool isDocker)
    {
        if (!head.HasElement("Upgrade", "h2c")) return false;
        var path = head.Target.Split('?')[0];
        return !isDocker || !path.EndsWith("/session", StringComparison.Ordinal) && !path.EndsWith("/grpc", StringComparison.Ordinal);
    }
}
