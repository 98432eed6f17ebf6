using System.Numerics;
using System.Text.Json.Serialization;
using Domesday.Core.Access;
using Domesday.Core.Certificates;
using Domesday.Core.Control;
using Domesday.Events;
using Domesday.Http.Authorization;
using Domesday.Http.Problems;
using Domesday.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Domesday.Server.Api;

/// <summary>Client certificates of one tenant's users.</summary>
internal static class CertificateEndpoints
{
    private const int DaysOfNew = 365;
    private const string Pem = "application/x-pem-file";

    public static void MapCertificates(this IEndpointRouteBuilder api)
    {
        var certificates = api.MapGroup("/certificates");
        certificates.MapGet("", List).RequirePermission(Permission.AccessRead, wholeTenant: true);
        certificates.MapGet("/{serial}", Get).RequirePermission(Permission.AccessRead, wholeTenant: true);
        certificates.MapPost("", CreateAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        certificates.MapDelete("/{serial}", RevokeAsync).RequirePermission(Permission.AccessWrite, wholeTenant: true);
        certificates.MapGet("/revocation-list", RevocationList).RequirePermission(Permission.ConfigRead, wholeTenant: true).RequireOperator();
    }

    private static JsonHttpResult<CertificateListBody> List(HttpContext http, CertificateDirectory certificates) =>
        TypedResults.Json(new CertificateListBody([.. certificates.Of(http.Tenant()).Select(CertificateBody.From)]), CertificateJson.Default.CertificateListBody);

    private static IResult Get(string serial, HttpContext http, CertificateDirectory certificates)
    {
        var found = certificates.Find(http.Tenant(), serial);
        return found.IsOk ? TypedResults.Json(CertificateBody.From(found.Value), CertificateJson.Default.CertificateBody) : found.Problem.ToResult();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, CertificateDirectory certificates, ClientAuthority authority, ServiceSettings settings)
    {
        var body = await JsonBody.ReadAsync(http);
        if (!body.IsOk) return body.Problem.ToResult();
        var user = body.Value.Text("user", UserDirectory.NameCharsMax, required: true);
        var days = body.Value.Number("days", 1, CertificateDirectory.DaysMax) ?? DaysOfNew;
        if (body.Value.Problem() is { } problem) return problem.ToResult();
        var created = await certificates.CreateAsync(http.Principal(), http.Author(), http.Tenant(), user!, days, http.RequestAborted);
        if (!created.IsOk) return created.Problem.ToResult();
        http.Response.Headers.Location = $"{NativeApi.Base}/certificates/{created.Value.Record.Serial}";
        // What a client needs to trust this server, and what it shows as its own issuer.
        var trusted = authority.Pem + (settings.TlsCert is { } file ? await File.ReadAllTextAsync(file, http.RequestAborted) : "");
        var shown = CertificateBody.From(created.Value.Record) with { CaPem = trusted, CertPem = created.Value.Certificate.CertificatePem, KeyPem = created.Value.Certificate.KeyPem };
        return TypedResults.Json(shown, CertificateJson.Default.CertificateBody, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RevokeAsync(string serial, HttpContext http, CertificateDirectory certificates)
    {
        var problem = await certificates.RevokeAsync(http.Author(), http.Tenant(), serial, http.RequestAborted);
        return problem is null ? TypedResults.NoContent() : problem.ToResult();
    }

    /// <summary>Of all tenants, for a proxy that ends TLS before the service: those who run it ask for it.</summary>
    private static ContentHttpResult RevocationList(ControlLedger ledger, ClientAuthority authority)
    {
        var revoked = ledger.State.Certificates.Values.Where(certificate => certificate.RevokedAt is not null).OrderBy(certificate => certificate.Serial, StringComparer.Ordinal).ToList();
        var number = revoked.Count == 0 ? BigInteger.One : revoked.Max(certificate => certificate.Version) + BigInteger.One;
        return TypedResults.Text(authority.RevocationList(revoked.Select(certificate => (certificate.Serial, certificate.RevokedAt!.Value.ToDateTimeOffset())), number), Pem);
    }
}

/// <summary>A client certificate as the API shows it.</summary>
/// <param name="User">Id of the user.</param>
internal sealed record CertificateBody(string Serial, string User, string Tenant, Timestamp CreatedAt, string CreatedBy, Timestamp ExpiresAt, Timestamp? RevokedAt)
{
    /// <summary>Authorities to trust; only in the answer to its creation, as the two below.</summary>
    public string? CaPem { get; init; }

    public string? CertPem { get; init; }

    public string? KeyPem { get; init; }

    public static CertificateBody From(CertificateRecord certificate) =>
        new(certificate.Serial, certificate.User, certificate.Tenant, certificate.CreatedAt, certificate.CreatedBy, certificate.ExpiresAt, certificate.RevokedAt);
}

internal sealed record CertificateListBody(IReadOnlyList<CertificateBody> Certificates);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CertificateBody))]
[JsonSerializable(typeof(CertificateListBody))]
internal sealed partial class CertificateJson : JsonSerializerContext;
