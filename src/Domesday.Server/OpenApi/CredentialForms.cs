using Microsoft.OpenApi;

namespace Domesday.Server.OpenApi;

/// <summary>The ways to bring a credential, any of which will do on every route.</summary>
internal static class CredentialForms
{
    private static readonly (string Name, OpenApiSecurityScheme Scheme)[] All =
    [
        ("basic", new() { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "Name and password of a user, or id and secret of an application." }),
        ("bearer", new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token of this service, of an issuer that it trusts, or an API key." }),
        ("api_key", new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "ApiKey", Description = "An API key." }),
        ("authorization", new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "Authorization", Description = "A token with no word before it." }),
        ("x_auth_token", new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Auth-Token", Description = "A token of this service, or of the Keystone that it trusts." }),
        ("session", new() { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "__Host-domesday_session", Description = "The session of the web interface; without TLS the cookie is named `domesday_session`." }),
        ("certificate", new() { Type = SecuritySchemeType.MutualTLS, Description = "A client certificate, made by `domesday client-bundle create` or issued by the authority that the service is told of." }),
    ];

    public static Dictionary<string, IOpenApiSecurityScheme> Schemes() => All.ToDictionary(scheme => scheme.Name, scheme => (IOpenApiSecurityScheme)scheme.Scheme);

    public static List<OpenApiSecurityRequirement> Any(OpenApiDocument document) =>
        [.. All.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme.Name, document)] = [] })];
}
