using Domesday.Events.Capture;

namespace Domesday.Capture.Acts;

/// <summary>Knows an API: reads out of method and path what a request does.</summary>
public interface IActDecoder
{
    /// <summary>The component when an act does not name another one, such as <c>docker</c>.</summary>
    string Service { get; }

    /// <param name="target">As sent, with its query.</param>
    /// <returns>Never fails: an unknown path is an act upon an unknown resource.</returns>
    Act Decode(string method, RequestPath path, string target);
}
