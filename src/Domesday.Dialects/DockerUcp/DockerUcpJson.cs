using System.Text.Json.Serialization;

namespace Domesday.Dialects.DockerUcp;

/// <summary>What UCP and the Engine write beside log lines. Names are written out: UCP's are camelCase, the Engine's PascalCase.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UcpMessage))]
[JsonSerializable(typeof(UcpAuthToken))]
[JsonSerializable(typeof(EngineContainer))]
[JsonSerializable(typeof(string))]
internal sealed partial class DockerUcpJson : JsonSerializerContext;

/// <summary>A refusal, or what was done.</summary>
internal sealed record UcpMessage([property: JsonPropertyName("message")] string Message);

/// <summary>The answer to <c>POST /auth/login</c>.</summary>
internal sealed record UcpAuthToken([property: JsonPropertyName("auth_token")] string AuthToken);

/// <summary>A container as <c>docker inspect</c> shows it: as much as clients look at.</summary>
internal sealed record EngineContainer(
    string Id, string Created, string Path, IReadOnlyList<string> Args, EngineState State, string Image, string Name, int RestartCount, string Driver, string Platform,
    EngineHostConfig HostConfig, EngineConfig Config);

internal sealed record EngineState(string Status, bool Running, bool Paused, bool Restarting, bool OOMKilled, bool Dead, int Pid, int ExitCode, string Error, string StartedAt, string FinishedAt);

internal sealed record EngineHostConfig(EngineLogConfig LogConfig);

internal sealed record EngineLogConfig(string Type, IReadOnlyDictionary<string, string> Config);

internal sealed record EngineConfig(string Hostname, bool Tty, bool OpenStdin, IReadOnlyList<string> Env, IReadOnlyList<string> Cmd, string Image, IReadOnlyDictionary<string, string> Labels);
