using Domesday.Capture.Recording;
using Domesday.Events;
using Domesday.Events.Capture;
using Domesday.Proxy.Transport;
using Domesday.Proxy.Wire;

namespace Domesday.Proxy.Sessions;

/// <summary>What a request's head says to a recorder.</summary>
internal static class RequestReader
{
    private const int ForwardersMax = 16;

    public static RequestFacts Read(MessageHead head, WireConnection client, ClientIdentity identity, TimeProvider time) => new()
    {
        Method = head.Method,
        Target = head.Target,
        Path = RequestPath.Parse(head.Target),
        StartedAt = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
        Actor = identity.Of(head),
        Source = SourceOf(head, client),
        RequestId = head.Field("X-Request-Id") ?? head.Field("X-Openstack-Request-Id"),
        ContentType = head.Field("Content-Type"),
        ContentEncoding = head.Field("Content-Encoding"),
    };

    private static EventSource? SourceOf(MessageHead head, WireConnection client)
    {
        var forwarded = head.Elements("X-Forwarded-For").Select(one => EventText.Clean(one)).OfType<string>().Take(ForwardersMax).ToList();
        var source = new EventSource
        {
            Ip = client.RemoteAddress,
            Port = client.Remote?.Port,
            ForwardedFor = forwarded.Count == 0 ? null : forwarded,
            UserAgent = EventText.Clean(head.Field("User-Agent")),
        };
        return source == new EventSource() ? null : source;
    }
}
