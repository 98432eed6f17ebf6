using System.Text.Json.Serialization;
using Domesday.Client;

namespace Domesday.Cli.Commands.Access;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserInfo))]
[JsonSerializable(typeof(ApplicationInfo))]
[JsonSerializable(typeof(RoleInfo))]
[JsonSerializable(typeof(GrantInfo))]
[JsonSerializable(typeof(CertificateInfo))]
[JsonSerializable(typeof(ViewerTokenInfo))]
internal sealed partial class AccessJson : JsonSerializerContext;
