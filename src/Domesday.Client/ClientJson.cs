using System.Text.Json.Serialization;
using Domesday.Events;

namespace Domesday.Client;

/// <summary>What the service answers. Members that are not known here are passed over: the service may be newer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppendAnswer))]
[JsonSerializable(typeof(AppendReceipt))]
[JsonSerializable(typeof(ControllerLogAnswer))]
[JsonSerializable(typeof(HistogramAnswer))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(Timestamp))]
[JsonSerializable(typeof(NoteText))]
[JsonSerializable(typeof(TenantInfo))]
[JsonSerializable(typeof(TenantList))]
[JsonSerializable(typeof(NewTenant))]
[JsonSerializable(typeof(TenantChange))]
[JsonSerializable(typeof(KeyInfo))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(QuarantinePage))]
[JsonSerializable(typeof(QuarantineItem))]
[JsonSerializable(typeof(UserInfo))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(UserChange))]
[JsonSerializable(typeof(ApplicationInfo))]
[JsonSerializable(typeof(ApplicationList))]
[JsonSerializable(typeof(NewApplication))]
[JsonSerializable(typeof(RoleInfo))]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(NewRole))]
[JsonSerializable(typeof(GrantInfo))]
[JsonSerializable(typeof(GrantList))]
[JsonSerializable(typeof(NewGrant))]
[JsonSerializable(typeof(CertificateInfo))]
[JsonSerializable(typeof(CertificateList))]
[JsonSerializable(typeof(NewCertificate))]
[JsonSerializable(typeof(GapsAnswer))]
[JsonSerializable(typeof(RetentionInfo))]
[JsonSerializable(typeof(RetentionDays))]
[JsonSerializable(typeof(RetentionPreset))]
internal sealed partial class ClientJson : JsonSerializerContext;

internal sealed record NoteText(string Text);
