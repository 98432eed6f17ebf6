using System.Text;

namespace Domesday.Cli.Commands.Demo;

/// <summary>Someone who acts, from where and in which project, as JSON that is written already.</summary>
internal sealed class DemoActor
{
    public DemoActor(string type, string id, string name, string role, string project, string region, string ip, string agent)
    {
        Who = Encoding.UTF8.GetBytes($",\"actor\":{{\"type\":\"{type}\",\"id\":\"{id}\",\"name\":\"{name}\",\"roles\":[\"{role}\"]}}");
        Where = Encoding.UTF8.GetBytes(
            $",\"scope\":{{\"region\":\"{region}\",\"domain\":\"default\",\"project\":{{\"id\":\"p-{project}\",\"name\":\"{project}\"}}}},\"origin\":\"{(type == "user" ? "gui" : "api")}\",\"source\":{{\"ip\":\"{ip}\",\"user_agent\":\"{agent}\"}},\"request\":{{\"id\":\"req-");
    }

    public byte[] Who { get; }

    /// <summary>From the scope to the beginning of the request's id.</summary>
    public byte[] Where { get; }
}
