using System.Text;

namespace Domesday.Cli.Commands.Demo;

/// <summary>Something that is done again and again, as parts of the event's JSON that are written already.</summary>
/// <param name="weight">How often, compared with the others.</param>
/// <param name="failures">How many of a thousand fail.</param>
internal sealed class DemoActivity(string service, string action, string type, string prefix, string method, string path, int weight, int failures, string failure)
{
    public int Weight => weight;

    public int Failures => failures;

    /// <summary>How many resources of its type there are.</summary>
    public int Resources => action is "create" ? 60_000 : 3_000;

    /// <summary>From the service to the beginning of the resource's id.</summary>
    public byte[] Head { get; } = Encoding.UTF8.GetBytes($"\"service\":\"{service}\",\"action\":\"{action}\",\"operation\":\"{type}.{action}\",\"resource\":{{\"type\":\"{type}\",\"id\":\"{prefix}-");

    /// <summary>From the resource's id to its name.</summary>
    public byte[] Name { get; } = Encoding.UTF8.GetBytes($"\",\"name\":\"{type}-");

    public byte[] Success { get; } = Encoding.UTF8.GetBytes("\"},\"outcome\":{\"result\":\"success\",\"status\":" + (method == "DELETE" ? "204}" : action == "create" ? "201}" : "200}"));

    public byte[] Failure { get; } = Encoding.UTF8.GetBytes("\"},\"outcome\":{\"result\":\"failure\",\"status\":" + $"{failure[..3]},\"reason\":\"{failure[4..]}\"" + "}");

    /// <summary>From the request's id to the path; the resource's id follows unless it is made by this request.</summary>
    public byte[] Request { get; } = Encoding.UTF8.GetBytes($"\",\"method\":\"{method}\",\"uri\":\"{path}{(action is "create" or "login" ? "" : $"/{prefix}-")}");

    public bool NamesResource => action is not ("create" or "login");
}
