using System.Text.Json;
using Domesday.Events;

namespace Domesday.Dialects.Tests.DockerUcp;

/// <summary>Events as a capturer in front of a Swarm manager makes them.</summary>
internal static class UcpEvents
{
    public static AuditEvent Request(DialectHost host, int minutesAgo, string uri = "/v1.41/services/create", CaptureLevel level = CaptureLevel.Metadata) => new()
    {
        Id = $"e{minutesAgo}",
        Time = host.Ago(TimeSpan.FromMinutes(minutesAgo)),
        Service = "docker-swarm",
        Action = "create",
        Operation = "service.create",
        Actor = new() { Type = ActorType.User, Id = "4ec3c2fc-312b-4e66-bb4f-b64b8f0ee42a", Name = "admin" },
        Resource = new() { Type = "service", Id = "rrt5kyxtps9uuy9juuhunqdjv", Name = "web" },
        Outcome = new() { Result = OutcomeResult.Success, Status = 201 },
        Source = new() { Ip = "172.31.45.250", Port = 48516 },
        Request = new() { Id = $"f8ce4684-cb55-4c88-652c-d2ebd2e9{minutesAgo:d4}", Method = "POST", Uri = uri, Body = level == CaptureLevel.Request ? JsonElement.Parse("""{"Name":"web","Labels":{"a":"<b>"}}"""u8) : null },
        Level = level,
        Labels = new Dictionary<string, string> { ["license_key"] = "FHy6..." },
    };
}
