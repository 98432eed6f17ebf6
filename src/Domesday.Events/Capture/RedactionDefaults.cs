namespace Domesday.Events.Capture;

/// <summary>Where Docker, Swarm, Kubernetes and most other APIs carry secrets.</summary>
/// <remarks>
/// Sources: Mirantis Kubernetes Engine, «API endpoints logging constraints» (secrets, swarm join and update, login, Kubernetes secrets);
/// Docker Engine API 1.47 (registry credentials, join tokens, unlock keys, CA keys, configs are no secrets); Kubernetes API: Secret, TokenRequest,
/// TokenReview, and the annotation in which kubectl repeats what was applied.
/// </remarks>
public static class RedactionDefaults
{
    public static IReadOnlyList<BodyRedaction> Bodies { get; } =
    [
        new() { Paths = ["/secrets/create", "/secrets/*/update"], Members = ["$.Data"] },
        new() { Paths = ["/swarm/init", "/swarm/join", "/swarm/update", "/swarm/unlock"], Members = ["$..JoinToken", "$..UnlockKey", "$..SigningCAKey", "$..JoinTokens"] },
        new() { Paths = ["/swarm", "/swarm/unlockkey", "/info"], Members = ["$..JoinTokens", "$..UnlockKey"] },
        new() { Paths = ["/auth", "/auth/**", "/login", "/v1/auth/authenticate", "/id/login"], Members = ["$..password", "$..identitytoken", "$..registrytoken", "$..auth", "$..auth_token"] },
        new() { Paths = ["/plugins/*/set"], Members = ["$"] },
        new()
        {
            Paths = ["/api/v1/namespaces/*/secrets/**", "/api/v1/secrets"],
            Members =
            [
                "$.data", "$.stringData", "$.metadata.annotations", "$.metadata.managedFields", "$.items[*].data", "$.items[*].stringData",
                "$.items[*].metadata.annotations", "$[*].value",
            ],
        },
        new() { Paths = ["/api/v1/namespaces/*/serviceaccounts/*/token", "/apis/authentication.k8s.io/**"], Members = ["$..token"] },
        new() { Paths = ["/v3/auth/tokens", "/keystone/v3/auth/tokens"], Members = ["$..password", "$..secret", "$.auth.identity.token.id"] },
    ];

    /// <summary>Headers that carry credentials, in lower case.</summary>
    public static IReadOnlyList<string> Headers { get; } =
    [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-registry-auth", "x-registry-config", "x-auth-token", "x-subject-token",
        "x-service-token", "x-api-key", "apikey", "api-key", "x-vault-token", "x-amz-security-token", "x-csrf-token", "x-gitlab-token",
    ];

    /// <summary>As <see cref="SecretNames"/> compares: letters and digits alone, in lower case. A name that ends in one of them is secret too.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "password", "passwd", "passphrase", "pwd", "secret", "secretkey", "token", "apikey", "accesskey", "privatekey", "signingkey", "signingcakey",
        "unlockkey", "encryptionkey", "authorization", "credential", "credentials", "clientsecret", "connectionstring", "xamzsignature", "sharedaccesssignature",
        "joinsecret", "sessionid", "cookie", "otp", "totp", "pincode", "sig", "signature", "passwords", "passphrases", "apikeys", "accesskeys", "secretkeys", "privatekeys",
    ];
}
