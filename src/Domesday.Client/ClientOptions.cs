namespace Domesday.Client;

/// <summary>Which service a client speaks to, as whom, and how patiently.</summary>
public sealed record ClientOptions
{
    /// <summary>Address of the service, such as <c>https://audit.example.com</c>; what stands in front of <c>/audit/v1</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Null: the handler signs in by itself, such as by a client certificate.</summary>
    public ClientCredential? Credential { get; init; }

    /// <summary>The tenant that is meant; null: the credential's own. A system administrator may say <c>*</c> where several tenants can be read at once.</summary>
    public string? Tenant { get; init; }

    /// <summary>How often a request is sent again that the service could not take (429, 503); 0 to 100.</summary>
    public int RetriesMax { get; init; } = 5;

    /// <summary>Longest wait before a request is sent again. A service that asks for more is not waited for: the caller sees its refusal.</summary>
    public TimeSpan RetryWaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the beginning of an answer, and for the rest of one that is read as a whole; exports and the tail may take as long as they like.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(100);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
